import Foundation

/// A history without gaps.
struct Cleaned {
    /// One or more, finite; positive where the transform needs it.
    let values: [Double]
    /// What was done or seen, one sentence each.
    let flags: [String]
}

/// Makes a history whole: what is missing or impossible in it is mended by a stated rule, and flagged.
enum History {
    static let missing = "missing values were filled"
    static let outOfRange = "impossible values were left out"
    static let notPositive = "values that are not positive were raised"
    static let constant = "the history is constant"
    static let short = "the history is shorter than the network's window"

    // Beyond this a sensor is broken: squares of it would leave float64, and it would leave float32.
    static let greatest = 1e30
    // Where logarithms are taken, zeros and less become this part of the median; so does what is next to nothing.
    private static let floor = 0.01
    private static let least = 1e-9
    // Longer gaps are no straight lines where there is a season of at least so many values.
    private static let longestLine = 3
    private static let leastSeason = 4

    /// Mends a history; see `edge_runtime/forecast/history.py`, which states the rules.
    ///
    /// - Parameters:
    ///   - values: Not-a-number where one is missing.
    ///   - periods: Values in a season, rising.
    /// - Throws: `InputError`: none of them can be used.
    static func clean(_ values: [Double], _ transform: ForecastSpec.Transform, _ periods: [Int]) throws -> Cleaned {
        guard !values.isEmpty else { throw InputError("history: expected a list of numbers, found none") }
        var flags: [String] = []
        let impossible = values.filter { $0.isInfinite || abs($0) > greatest }.count
        if impossible > 0 { flags.append(outOfRange) }
        let usable = values.map { $0.isFinite && abs($0) <= greatest ? $0 : .nan }
        guard let first = usable.firstIndex(where: { !$0.isNaN }) else {
            throw InputError("history: no usable value in it: a forecast needs at least one number")
        }
        if usable.filter({ !$0.isNaN }).count < values.count - impossible { flags.append(missing) }
        var found = filled(Array(usable[first...]), periods)
        if transform == .log { found = try positive(found, &flags) }
        if found.count > 1, found.allSatisfy({ $0 == found[0] }) { flags.append(constant) }
        return Cleaned(values: found, flags: flags)
    }

    /// Values inside lie on the line between their neighbours, those at the end repeat the last one; but where many are
    /// missing in a row, what was a season before stands in for them.
    private static func filled(_ values: [Double], _ periods: [Int]) -> [Double] {
        let seasons = periods.filter { $0 >= leastSeason }.sorted(by: >)
        var found = values
        var lines: [Range<Int>] = []
        var start = 0
        while start < values.count {
            guard values[start].isNaN else {
                start += 1
                continue
            }
            let end = values[start...].firstIndex { !$0.isNaN } ?? values.count
            lines.append(start..<end)
            start = end
        }
        for gap in lines {
            let before = values[gap.lowerBound - 1]
            let isLast = gap.upperBound == values.count
            let slope = isLast ? 0 : (values[gap.upperBound] - before) / Double(gap.count + 1)
            for place in gap { found[place] = before + slope * Double(place - gap.lowerBound + 1) }
        }
        for gap in lines where gap.count > longestLine {
            for place in gap {
                if let period = seasons.first(where: { place >= $0 }) { found[place] = found[place - period] }
            }
        }
        return found
    }

    private static func positive(_ values: [Double], _ flags: inout [String]) throws -> [Double] {
        let positive = values.filter { $0 > 0 }.sorted()
        guard !positive.isEmpty else {
            throw InputError(
                "history: no positive value in it, and this bundle's series are positive: train one on yours")
        }
        let middle = positive.count / 2
        let median = positive.count % 2 == 1 ? positive[middle] : (positive[middle - 1] + positive[middle]) / 2
        guard values.contains(where: { $0 <= least * median }) else { return values }
        flags.append(notPositive)
        return values.map { $0 <= least * median ? floor * median : $0 }
    }
}
