package edgernn.runtime.spec

/** Numbers of a history that the network is told beside its paths. */
internal const val FACTS = 5

/**
 * Another variable that the network is told.
 *
 * @property known whether it is known ahead (a price plan), or up to now only
 * @property mean of the training part, which the network's input is relative to
 * @property scale standard deviation of the training part, more than 0
 */
data class CovariateSpec(val name: String, val known: Boolean, val mean: Double, val scale: Double)

/**
 * Time-series forecasting.
 *
 * @property periods values in a season, rising; 1 where there is none
 * @property horizon steps ahead that the network forecasts at once
 * @property window values that the network sees
 * @property context values of the history that count at all
 * @property transform "log" or "linear"
 * @property quantiles of the output's last axis, rising, 0.5 among them
 * @property columns names of the columns that it was trained to forecast
 * @property covariates other variables, in the order of the inputs
 * @property windowInput the model input float32 [1, window, 2 + covariates]
 * @property contextInput the model input float32 [1, 2 * horizon + 5 + horizon * known covariates]
 * @property output the model output float32 [1, horizon, quantiles]
 */
data class ForecastSpec(
    val frequency: String,
    val periods: List<Int>,
    val horizon: Int,
    val window: Int,
    val context: Int,
    val transform: String,
    val quantiles: List<Double>,
    val columns: List<String>,
    val covariates: List<CovariateSpec>,
    val windowInput: String,
    val contextInput: String,
    val output: String,
) : TaskSpec {
    override val name = "forecast"

    /** Whether the network works on logarithms. */
    val isLog get() = transform == "log"

    /** Width of a step of the first input. */
    val windowWidth get() = 2 + covariates.size

    /** Width of the second input. */
    val contextWidth get() = 2 * horizon + FACTS + horizon * covariates.count { it.known }
}

internal fun readForecast(fields: Fields) = ForecastSpec(
    frequency = fields.text("frequency"),
    periods = fields.ints("periods"),
    horizon = fields.int("horizon"),
    window = fields.int("window"),
    context = fields.int("context"),
    transform = fields.choice("transform", listOf("log", "linear")),
    quantiles = fields.doubles("quantiles"),
    columns = fields.texts("columns"),
    covariates = fields.objects("covariates") {
        CovariateSpec(it.text("name"), it.bool("known"), it.double("mean"), it.double("scale"))
    },
    windowInput = fields.text("window_input"),
    contextInput = fields.text("context_input"),
    output = fields.text("output"),
)
