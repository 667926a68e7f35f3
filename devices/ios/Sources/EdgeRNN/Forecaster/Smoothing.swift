import Foundation

/// Exponential smoothing: the level behind the last value, and the rate whose one-step forecasts erred least.
struct Smoothed {
    // So many values at once, as the Python runtime computes them: of rates that err equally little (a history may be
    // constant) rounding decides, and a recursion from value to value rounds in another way.
    private static let block = 32

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
            let (level, squares) = Self.run(values, rate)
            if squares < best.squares { best = (squares, level, rate) }
        }
        (level, rate) = (best.level, best.rate)
    }

    /// The level behind the last value, and the sum of the squared errors.
    private static func run(_ values: [Double], _ rate: Double) -> (Double, Double) {
        let kept = (0...block).map { pow(1 - rate, Double($0)) }
        let shares = kept.map { rate * $0 }
        var (level, squares) = (values[0], 0.0)
        for start in stride(from: 1, to: values.count, by: block) {
            let end = min(start + block, values.count)
            var before = level
            for place in start..<end {
                let error = values[place] - before
                squares += error * error
                // What is left of the level before, and of every value since.
                var since = 0.0
                for past in start...place { since += shares[place - past] * values[past] }
                before = level * kept[place - start + 1] + since
            }
            level = before
        }
        return (level, squares)
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
