/// Exponential smoothing: the level behind the last value, and the rate whose one-step forecasts erred least.
struct Smoothed {
    let level: Double
    /// 0.05, 0.10, ... 1.
    let rate: Double

    /// Chooses the rate by the sum of squared one-step errors.
    ///
    /// - Parameter values: One or more.
    init(_ values: [Double]) {
        var best = (squares: Double.infinity, level: values[0], rate: 0.05)
        for number in 1...20 {
            let rate = number == 20 ? 1 : 0.05 + Double(number - 1) * (0.95 / 19)
            var (level, squares) = (values[0], 0.0)
            for value in values.dropFirst() {
                let error = value - level
                squares += error * error
                level += rate * error
            }
            if squares < best.squares { best = (squares, level, rate) }
        }
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
