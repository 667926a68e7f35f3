/// Another variable that a forecasting network is told.
public struct CovariateSpec: Sendable {
    /// Of its column.
    public let name: String
    /// Whether it is known ahead (a price plan, a weather forecast), or up to now only.
    public let known: Bool
    /// Of the training part, which the network's input is relative to.
    public let mean: Double
    /// Standard deviation of the training part, more than 0.
    public let scale: Double

    init(_ fields: FieldReader) {
        name = fields.text("name")
        known = fields.flag("known")
        mean = fields.number("mean")
        scale = fields.number("scale")
    }
}

/// Time-series forecasting.
public struct ForecastSpec: Sendable {
    public enum Transform: String, CaseIterable, Sendable {
        /// The network works on logarithms, and values must be positive.
        case log
        case linear
    }

    // Numbers of a history that the network is told beside its paths.
    static let facts = 5

    /// Of the values, for people ("monthly").
    public let frequency: String
    /// Values in a season, rising; (1) where there is none.
    public let periods: [Int]
    /// Steps ahead that the network forecasts at once.
    public let horizon: Int
    /// Values that the network sees.
    public let window: Int
    /// Values of the history that count at all; older ones are not looked at.
    public let context: Int
    public let transform: Transform
    /// Of the output's last axis, rising, 0.5 among them.
    public let quantiles: [Double]
    /// Names of the columns that it was trained to forecast; empty where the file had none.
    public let columns: [String]
    /// Other variables, in the order of the inputs.
    public let covariates: [CovariateSpec]
    /// The model input float32 [1, window, 2 + covariates].
    public let windowInput: String
    /// The model input float32 [1, contextWidth].
    public let contextInput: String
    /// The model output float32 [1, horizon, quantiles].
    public let output: String

    init(_ fields: FieldReader) {
        frequency = fields.text("frequency")
        periods = fields.wholes("periods")
        horizon = fields.whole("horizon")
        window = fields.whole("window")
        context = fields.whole("context")
        transform = fields.choice("transform")
        quantiles = fields.numbers("quantiles")
        columns = fields.texts("columns")
        covariates = fields.objects("covariates", CovariateSpec.init)
        windowInput = fields.text("window_input")
        contextInput = fields.text("context_input")
        output = fields.text("output")
    }

    var windowWidth: Int { 2 + covariates.count }

    var contextWidth: Int { 2 * horizon + Self.facts + horizon * covariates.filter(\.known).count }
}
