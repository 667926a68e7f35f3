import Foundation

/// The season of a series, estimated from its past alone; see `edge_runtime/forecast/seasonality.py`.
enum Seasonality {
    // Cycles that must have been seen before a season is looked for.
    private static let leastCycles = 3
    // One-sided 90 % of the normal distribution, as in the benchmarks of the M competitions.
    private static let critical = 1.645
    // A month that sold nothing must not divide by zero.
    private static let leastIndex = 0.01

    /// Classical decomposition: what each place in the season adds to the trend, or multiplies it by.
    ///
    /// - Parameters:
    ///   - values: The first of them at place 0; positive where `multiplicative`.
    ///   - periods: Values in a season, rising.
    ///   - decay: Weight of a season in the next one's.
    /// - Returns: Values after which all seasons found begin together; one neutral value where none is found.
    static func indices(_ values: [Double], _ periods: [Int], multiplicative: Bool, decay: Double) -> [Double] {
        var indices = [multiplicative ? 1.0 : 0.0]
        var values = values
        for period in periods where isSeasonal(values, period) {
            let found = multiplicative ? factors(values, period, decay) : summands(values, period, decay)
            let count = leastCommonMultiple(indices.count, period)
            indices = (0..<count).map { place in
                let (one, other) = (indices[place % indices.count], found[place % period])
                return multiplicative ? one * other : one + other
            }
            values = values.enumerated().map { place, value in
                multiplicative ? value / found[place % period] : value - found[place % period]
            }
        }
        return indices
    }

    /// Whether the autocorrelation at one period stands out from the noise of the shorter lags (Bartlett's test at 90 %).
    private static func isSeasonal(_ values: [Double], _ period: Int) -> Bool {
        guard period >= 2, values.count >= leastCycles * period else { return false }
        let centre = mean(values)
        let centred = values.map { $0 - centre }
        let power = product(centred, centred[...])
        guard power > 1e-12 * max(1, product(values, values[...])) else { return false }
        let lags = (1...period).map { product(Array(centred.dropLast($0)), centred[$0...]) / power }
        let squares = lags.dropLast().reduce(0) { $0 + $1 * $1 }
        return abs(lags[period - 1]) > critical * sqrt((1 + 2 * squares) / Double(values.count))
    }

    private static func summands(_ values: [Double], _ period: Int, _ decay: Double) -> [Double] {
        let (trend, half) = trend(values, period)
        let rest = trend.enumerated().map { values[$0 + half] - $1 }
        let found = means(rest, half, period, decay)
        let centre = mean(found)
        return found.map { $0 - centre }
    }

    private static func factors(_ values: [Double], _ period: Int, _ decay: Double) -> [Double] {
        let (trend, half) = trend(values, period)
        let rest = trend.enumerated().map { values[$0 + half] / max($1, .leastNormalMagnitude) }
        let found = means(rest, half, period, decay)
        let centre = mean(found)
        return found.map { max($0 / centre, leastIndex) }
    }

    /// By place in the season; the last season counting most.
    private static func means(_ values: [Double], _ first: Int, _ period: Int, _ decay: Double) -> [Double] {
        var sums = [Double](repeating: 0, count: period)
        var weights = sums
        for (place, value) in values.enumerated() {
            let weight = pow(decay, Double((values.count - 1 - place) / period))
            sums[(first + place) % period] += weight * value
            weights[(first + place) % period] += weight
        }
        return zip(sums, weights).map(/)
    }

    /// The centred moving average over a season, where it can be had, and the place of its first value.
    private static func trend(_ values: [Double], _ period: Int) -> ([Double], Int) {
        let half = period / 2
        // An even season needs half of the values at both ends.
        let weights =
            period % 2 == 0
            ? [0.5] + [Double](repeating: 1, count: period - 1) + [0.5] : [Double](repeating: 1, count: period)
        let shares = weights.map { $0 / Double(period) }
        let found = (0...(values.count - shares.count)).map { start in
            product(shares, values[start..<(start + shares.count)])
        }
        return (found, half)
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func product(_ some: [Double], _ others: ArraySlice<Double>) -> Double {
        zip(some, others).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func leastCommonMultiple(_ one: Int, _ other: Int) -> Int {
        var (a, b) = (one, other)
        while b != 0 { (a, b) = (b, a % b) }
        return one / a * other
    }
}
