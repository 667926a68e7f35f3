import Foundation

/// A history as the network takes it; see `edge_runtime/forecast/features.py`.
struct Prepared {
    // In logarithms, a forecast may be so much above or below the level: e to the 12th is 160,000 times.
    private static let most = 12.0
    // In units of the scale: a single spike must not swamp the rest where activations are quantized.
    private static let greatest = 200.0
    // Logarithms change by so much a step at least.
    private static let leastChange = 1e-3
    // A part of the level that counts as no change at all: constant series have no scale of their own.
    private static let leastScale = 1e-6
    // Seasons change: one a cycle older counts so much less.
    private static let decay = 0.8
    // The network's input for `n` values seen is log(n) by this.
    private static let countScale = 5.0

    /// float32 [window, 2 + covariates].
    let window: [Float]
    /// float32 [context width].
    let context: [Float]
    /// What values are relative to.
    let level: Double
    /// The unit of what the network sees and answers.
    let scale: Double
    /// What was mended.
    let flags: [String]
    private let isLog: Bool

    /// Mends and scales a history as it comes.
    ///
    /// - Throws: `InputError`: nothing in it can be used, or the covariates do not fit.
    init(_ history: [Double], _ spec: ForecastSpec, _ covariates: [String: [Double]]) throws {
        guard !history.isEmpty else { throw InputError("history: expected a list of numbers, found none") }
        let aligned = try AlignedCovariates(covariates, history.count, spec)
        let cleaned = try History.clean(Array(history.suffix(spec.context)), spec.transform, spec.periods)
        let short = cleaned.values.count < spec.window ? [History.short] : []
        self.init(cleaned.values, spec, aligned, cleaned.flags + short + (aligned?.flags ?? []))
    }

    private init(_ values: [Double], _ spec: ForecastSpec, _ covariates: AlignedCovariates?, _ flags: [String]) {
        let (count, isLog) = (values.count, spec.transform == .log)
        let indices = Seasonality.indices(values, spec.periods, multiplicative: isLog, decay: Self.decay)
        let season: (Int) -> Double = { indices[$0 % indices.count] }
        let plain = values.enumerated().map { isLog ? $1 / season($0) : $1 - season($0) }
        let ahead = (count..<(count + spec.horizon)).map(season)
        let smoothed = Smoothed(plain)
        let (path, rate) = theta(plain, spec.horizon)
        let relative =
            isLog
            ? Self.byLogarithms(plain, path, ahead, smoothed.level, spec.window)
            : Self.byValues(plain, path, ahead, smoothed.level, spec.window)
        let found = indices.contains { $0 != (isLog ? 1 : 0) }
        let facts = [
            smoothed.rate, rate, log(Double(count)) / Self.countScale, found ? 1 : 0, isLog ? log(relative.scale) : 0,
        ]
        let context = relative.path + relative.season + facts + (covariates?.ahead.flatMap { $0 } ?? [])
        self.context = context.map { Float(min(max($0, -Self.greatest), Self.greatest)) }
        window = Self.window(relative.recent, spec, covariates)
        (level, scale, self.flags, self.isLog) = (relative.base, relative.scale, flags, isLog)
    }

    /// The network's outputs, relative to the level, as values.
    func restored(_ outputs: [Float]) -> [Double] {
        outputs.map { output in
            let moved = Double(output) * scale
            return isLog ? exp(min(max(moved, -Self.most), Self.most) + level) : moved + level
        }
    }

    private typealias Relative = (recent: [Double], path: [Double], season: [Double], base: Double, scale: Double)

    private static func byLogarithms(
        _ plain: [Double], _ path: [Double], _ ahead: [Double], _ level: Double, _ window: Int
    ) -> Relative {
        let base = log(level)
        let recent = plain.map { log($0) }.suffix(window)
        let scale = max(plain.count > 1 ? meanChange(Array(recent)) : 0, leastChange)
        // A falling line must not reach zero: no logarithm could follow it.
        let least = 0.05 * plain[plain.count - 1]
        return (
            recent.map { ($0 - base) / scale }, path.map { (log(max($0, least)) - base) / scale },
            ahead.map { log($0) / scale }, base, scale
        )
    }

    private static func byValues(
        _ plain: [Double], _ path: [Double], _ ahead: [Double], _ level: Double, _ window: Int
    ) -> Relative {
        let scale = max(plain.count > 1 ? meanChange(plain) : 0, leastScale * max(1, abs(level)))
        return (
            plain.suffix(window).map { ($0 - level) / scale }, path.map { ($0 - level) / scale },
            ahead.map { $0 / scale }, level, scale
        )
    }

    private static func meanChange(_ values: [Double]) -> Double {
        zip(values, values.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) } / Double(values.count - 1)
    }

    private static func window(_ recent: [Double], _ spec: ForecastSpec, _ covariates: AlignedCovariates?) -> [Float] {
        let first = spec.window - recent.count
        return (0..<spec.window).flatMap { step in
            let own = step < first ? [0, 0] : [Float(recent[step - first]), 1]
            let all = own + (covariates?.window[step].map(Float.init) ?? [])
            return all.map { min(max($0, Float(-greatest)), Float(greatest)) }
        }
    }
}
