/// Exponential smoothing: the level behind the last value, and the rate whose one-step forecasts erred least.
struct Smoothed {
    // A part of the sum of squares: errors that are smaller are rounding, as those of a constant series are, and would
    // choose another rate on another machine.
    private static let rounding = 1e-24

    let level: Double
    /// 0.05, 0.10, ... 1.
    let rate: Double

    /// Chooses the rate by the sum of squared one-step errors; of rates that differ by nothing but rounding the lowest.
    ///
    /// - Parameter values: One or more.
    init(_ values: [Double]) {
        let tried = (1...20).map { number in
            let rate = number == 20 ? 1 : 0.05 + Double(number - 1) * (0.95 / 19)
            var (level, squares) = (values[0], 0.0)
            for value in values.dropFirst() {
                let error = value - level
                squares += error * error
                level = level * (1 - rate) + rate * value
            }
            return (level: level, rate: rate, squares: squares)
        }
        let least = tried.map(\.squares).min()! + Self.rounding * values.reduce(0) { $0 + $1 * $1 }
        let best = tried.first { $0.squares <= least } ?? tried[0]
        (level, rate) = (best.level, best.rate)
    }
}

/// The Theta method: half the trend line, half a smoothed line bent twice as far (Assimakopoulos and Nikolopoulos 2000).
///
/// - Parameters:
///   - values: Without season, one or more.
///   - horizon: Steps ahead.
/// - Returns: Forecasts, and the rate of the smoothing.
func theta(_ values: [Double], _ horizon: Int) -> ([Double], Double) {
    let count = values.count
    let mean = values.reduce(0, +) / Double(count)
    let middle = Double(count - 1) / 2
    var slope = 0.0
    if count > 1 {
        let centred = (0..<count).map { Double($0) - middle }
        let squares = centred.reduce(0) { $0 + $1 * $1 }
        slope = zip(centred, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) } / squares
    }
    let start = mean - slope * Double(count - 1) / 2
    let bent = Smoothed(values.enumerated().map { 2 * $1 - (start + slope * Double($0)) })
    let ahead = (0..<horizon).map { 0.5 * (bent.level + (start + slope * Double(count + $0))) }
    return (ahead, bent.rate)
}
