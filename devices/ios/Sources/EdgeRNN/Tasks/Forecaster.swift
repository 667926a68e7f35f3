/// What comes next.
public struct Forecast: Equatable, Sendable {
    /// The middle of the forecast (the median: half of the outcomes should lie below).
    public let mean: [Double]
    /// The range's lower end.
    public let lower: [Double]
    /// The range's upper end.
    public let upper: [Double]
    /// Part of the outcomes that the range should hold, 0 to 1.
    public let coverage: Double
    /// What was wrong with the history and how it was mended, one sentence each; none for a sound one.
    public let flags: [String]
}

/// Forecasts series from their past. See `Model` for the arguments.
public final class Forecaster: Model {
    /// Part of the values that `lower` and `upper` should hold between them.
    public static let defaultCoverage = 0.8

    /// How histories are read, and how far ahead the network looks.
    public let task: ForecastSpec

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .forecast(let task) = bundle.manifest.task else {
            throw BundleError("\(bundle.path): not a forecaster")
        }
        self.task = task
        try Self.check(bundle, task)
        try super.init(bundle, engine: engine, options: options)
    }

    /// Forecasts a series.
    ///
    /// - Parameters:
    ///   - history: The values so far, the oldest first, of any length; not-a-number where one is missing.
    ///   - horizon: Steps ahead, by default and at most the bundle's.
    ///   - coverage: Of the range: one that the bundle's quantiles give (usually 0.8 and 0.95).
    ///   - covariates: For a bundle that has them, the other variables by name, as many values as the history has, and
    ///     the steps ahead after these for those that are known ahead.
    /// - Throws: `InputError`: no usable number in it, covariates that do not fit, or a horizon or coverage that the
    ///   bundle does not give.
    public func forecast(
        _ history: [Double], horizon: Int? = nil, coverage: Double = Forecaster.defaultCoverage,
        covariates: [String: [Double]] = [:]
    ) throws -> Forecast {
        let steps = horizon ?? task.horizon
        guard (1...task.horizon).contains(steps) else {
            throw InputError("horizon: this bundle forecasts 1 to \(task.horizon) steps, not \(steps)")
        }
        let (low, high) = try ends(coverage)
        let prepared = try Prepared(history, task, covariates)
        let ahead = try quantiles(prepared).prefix(steps)
        let middle = task.quantiles.firstIndex(of: 0.5)!
        return Forecast(
            mean: ahead.map { $0[middle] }, lower: ahead.map { $0[low] }, upper: ahead.map { $0[high] },
            coverage: coverage, flags: prepared.flags)
    }

    /// Every quantile of every step ahead, [horizon][quantiles]; see `forecast` for the arguments.
    public func quantiles(_ history: [Double], covariates: [String: [Double]] = [:]) throws -> [[Double]] {
        try quantiles(try Prepared(history, task, covariates))
    }

    /// A stream of values: one in, an updated forecast and an anomaly score out.
    public func forecastSession() -> ForecastSession { ForecastSession(self) }

    private func quantiles(_ prepared: Prepared) throws -> [[Double]] {
        let inputs = [
            task.windowInput: Tensor(prepared.window, shape: [1, task.window, task.windowWidth]),
            task.contextInput: Tensor(prepared.context, shape: [1, task.contextWidth]),
        ]
        let values = prepared.restored(try run(inputs)[task.output]!.floats)
        let width = task.quantiles.count
        return (0..<task.horizon).map { step in
            // Quantization may let neighbours cross by a hair.
            var most = -Double.infinity
            return values[(step * width)..<((step + 1) * width)].map {
                most = max(most, $0)
                return most
            }
        }
    }

    private func ends(_ coverage: Double) throws -> (Int, Int) {
        let wanted = [(1 - coverage) / 2, (1 + coverage) / 2]
        let places = wanted.map { level in argmax(task.quantiles.map { -abs($0 - level) }) }
        let isOffered = zip(places, wanted).allSatisfy { abs(task.quantiles[$0] - $1) <= 1e-6 + 1e-5 * abs($1) }
        guard isOffered, coverage > 0 else {
            let offered = Set(task.quantiles.filter { $0 < 0.5 }.map { ((1 - 2 * $0) * 1e6).rounded() / 1e6 })
            let list = offered.sorted().map { "\($0)" }.joined(separator: ", ")
            throw InputError("coverage: this bundle gives \(list), not \(coverage)")
        }
        return (places[0], places[1])
    }

    private static func check(_ bundle: ModelBundle, _ task: ForecastSpec) throws {
        func fault(_ what: String) -> BundleError { BundleError("\(bundle.path): \(what)") }
        func rises<T: Comparable>(_ items: [T]) -> Bool { zip(items, items.dropFirst()).allSatisfy(<) }
        let (periods, quantiles) = (task.periods, task.quantiles)
        guard !periods.isEmpty, rises(periods) else { throw fault("its seasons must rise") }
        guard quantiles.contains(0.5), rises(quantiles) else {
            throw fault("its quantiles must rise, with 0.5 among them")
        }
        let sizes = periods + [task.horizon, task.window]
        guard sizes.allSatisfy({ (1...1_000_000).contains($0) }), task.context >= task.window else {
            throw fault("its season, horizon, window or context makes no sense")
        }
        let names = task.covariates.map(\.name)
        guard Set(names).count == names.count, task.covariates.allSatisfy({ $0.scale > 0 }) else {
            throw fault("its covariates make no sense")
        }
        let inputs = Dictionary(bundle.manifest.inputs.map { ($0.name, $0.shape) }) { $1 }
        let wanted: [String: [Int?]] = [
            task.windowInput: [1, task.window, task.windowWidth], task.contextInput: [1, task.contextWidth],
        ]
        let answer = bundle.manifest.outputs.first { $0.name == task.output }?.shape
        guard inputs == wanted, answer == [1, task.horizon, quantiles.count] else {
            throw fault("its model does not take and give what its task says")
        }
    }
}
