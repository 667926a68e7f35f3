/// The answer to one value.
public struct StepForecast: Equatable, Sendable {
    /// From the history with this value.
    public let forecast: Forecast
    /// How far the value lay from what was forecast, in standard deviations of the forecast's own range (3 is rare, 6 an
    /// anomaly); 0 where nothing was forecast yet or no value came.
    public let score: Double
    /// What was wrong with the value or its time; none for a sound one.
    public let flags: [String]
}

/// One series, growing. It keeps the bundle's context and no more.
public final class ForecastSession {
    /// A session at one time.
    public struct Snapshot: Equatable, Codable, Sendable {
        public let values: [Double]
        public let covariates: [String: [Double]]
        public let time: Double?
        public let interval: Double?
        public let modelSha256: String
    }

    private static let missingValue = "the value is missing: the forecast took its place"
    private static let impossibleValue = "the value is impossible"
    private static let gap = "values are missing before this one"
    private static let longGap = "so many values are missing that the history begins anew"
    private static let clockBack = "the clock went back: the value counts as the next one"
    // The 90 % quantile of the normal distribution in standard deviations.
    private static let deviations = 1.2815515655446004
    // A part of the value: no forecast is so sure that rounding is an anomaly.
    private static let leastSpread = 1e-6

    private let model: Forecaster
    private var values: [Double] = []
    private var covariates: [String: [Double]]
    private var time: Double?
    private var interval: Double?
    private var last: Forecast?

    init(_ model: Forecaster) {
        self.model = model
        covariates = Dictionary(uniqueKeysWithValues: model.task.covariates.map { ($0.name, []) })
    }

    /// Takes the next value.
    ///
    /// - Parameters:
    ///   - value: The sensor's; nil or not-a-number where it failed. Infinite values and those beyond 1e30 count as
    ///     missing. The forecast takes the place of what is missing.
    ///   - time: Of the value, in any unit; nil where values come at equal steps.
    ///   - interval: Between two values, in the same unit; by default that between the first two.
    ///   - covariates: For a bundle that has them, by name: one number, or for those that are known ahead the number at
    ///     this step and those at the steps ahead.
    /// - Throws: `InputError`: covariates that do not fit, or the first value is missing.
    public func step(
        _ value: Double?, time: Double? = nil, interval: Double? = nil, covariates: [String: [Double]] = [:]
    ) throws -> StepForecast {
        var flags: [String] = []
        try check(covariates)
        try followClock(time, interval, &flags)
        var number = value ?? .nan
        var score = 0.0
        if !number.isFinite || abs(number) > History.greatest {
            flags.append(number.isNaN ? Self.missingValue : Self.impossibleValue)
            guard let last else {
                throw InputError("the first value of a stream cannot be missing: there is nothing to forecast from")
            }
            number = last.mean[0]
        } else {
            score = self.score(number)
        }
        append([number], covariates.mapValues { Array($0.prefix(1)) })
        let forecast = try forecast(covariates.mapValues { Array($0.dropFirst()) })
        last = forecast
        return StepForecast(forecast: forecast, score: score, flags: flags + forecast.flags)
    }

    /// A new series begins.
    public func reset() {
        forget()
        (time, interval) = (nil, nil)
    }

    public func snapshot() -> Snapshot {
        Snapshot(
            values: values, covariates: covariates, time: time, interval: interval,
            modelSha256: model.manifest.model.sha256)
    }

    /// Goes on from a snapshot.
    ///
    /// - Throws: `InputError`: it is another model's. The session is then as before.
    public func restore(_ snapshot: Snapshot) throws {
        guard snapshot.modelSha256 == model.manifest.model.sha256,
            snapshot.covariates.keys == covariates.keys
        else { throw InputError("the snapshot is of another model: it is of no use to any but the one that made it") }
        (values, covariates) = (snapshot.values, snapshot.covariates)
        (time, interval) = (snapshot.time, snapshot.interval)
        last = values.isEmpty ? nil : try forecast([:])
    }

    /// A session of its own that goes on from the same history.
    public func fork() throws -> ForecastSession {
        let other = ForecastSession(model)
        try other.restore(snapshot())
        return other
    }

    private func forecast(_ ahead: [String: [Double]]) throws -> Forecast {
        try model.forecast(values, covariates: covariates.merging(ahead) { $0 + $1 })
    }

    private func check(_ given: [String: [Double]]) throws {
        let unlike = Set(given.keys).symmetricDifference(covariates.keys)
        if let first = unlike.sorted().first {
            let names = covariates.isEmpty ? "none" : covariates.keys.sorted().joined(separator: ", ")
            throw InputError("covariate '\(first)': give \(names) at each step")
        }
        for one in model.task.covariates {
            let count = given[one.name]!.count
            guard count == 1 || (one.known && count > 1) else {
                throw InputError("covariate '\(one.name)': one number a step: it is not known ahead")
            }
        }
    }

    private func append(_ more: [Double], _ beside: [String: [Double]]) {
        let kept = model.task.context
        values = (values + more).suffix(kept)
        covariates = covariates.merging(beside) { Array(($0 + $1).suffix(kept)) }
    }

    private func forget() {
        (values, last) = ([], nil)
        covariates = covariates.mapValues { _ in [] }
    }

    private func score(_ value: Double) -> Double {
        guard let last else { return 0 }
        let middle = last.mean[0]
        let end = value >= middle ? last.upper[0] : last.lower[0]
        let spread = max(abs(end - middle) / Self.deviations, Self.leastSpread * max(1, abs(middle)))
        return abs(value - middle) / spread
    }

    private func followClock(_ now: Double?, _ interval: Double?, _ flags: inout [String]) throws {
        guard let now, now.isFinite else { return }
        if let interval, interval != 0 { self.interval = interval }
        if let before = time {
            if now <= before {
                flags.append(Self.clockBack)
            } else if let known = self.interval {
                let steps = ((now - before) / known).rounded(.toNearestOrEven)
                try bridge(steps > 0 ? Int(min(steps, 1e9)) - 1 : 0, &flags)
            } else {
                self.interval = now - before
            }
        }
        time = now
    }

    /// Puts the forecast into a gap of so many values; one longer than the forecast makes the past worthless.
    private func bridge(_ missing: Int, _ flags: inout [String]) throws {
        guard missing >= 1, let last else { return }
        if missing > last.mean.count {
            flags.append(Self.longGap)
            forget()
            return
        }
        flags.append(Self.gap)
        append(
            Array(last.mean[..<missing]), covariates.mapValues { _ in [Double](repeating: .nan, count: missing) })
        self.last = try forecast([:])
    }
}
