package edgernn.runtime.forecast

import edgernn.runtime.InputError
import edgernn.runtime.tasks.Forecast
import edgernn.runtime.tasks.Forecaster
import kotlin.math.abs
import kotlin.math.max

private const val MISSING_VALUE = "the value is missing: the forecast took its place"
private const val IMPOSSIBLE_VALUE = "the value is impossible"
private const val GAP = "values are missing before this one"
private const val LONG_GAP = "so many values are missing that the history begins anew"
private const val CLOCK_BACK = "the clock went back: the value counts as the next one"

/** The 90 % quantile of the normal distribution in standard deviations. */
private const val DEVIATIONS = 1.2815515655446004
private const val COVERAGE = 0.8

/** A part of the value: no forecast is so sure that rounding is an anomaly. */
private const val LEAST_SPREAD = 1e-6

/**
 * The answer to one value.
 *
 * @property forecast from the history with this value
 * @property score how far the value lay from what was forecast, in standard deviations of the forecast's own range (3 is
 *   rare, 6 an anomaly); 0 where nothing was forecast yet or no value came
 * @property flags what was wrong with the value or its time; none for a sound one
 */
class StepForecast(val forecast: Forecast, val score: Double, val flags: List<String>)

/**
 * What a session has seen, and the model that it belongs to: plain numbers, which any device restores.
 *
 * @property modelSha256 SHA-256 of the model's bytes
 * @property time of the last value, or null
 * @property interval between two values, or null
 */
class ForecastSnapshot(
    val modelSha256: String,
    val values: DoubleArray,
    val covariates: Map<String, DoubleArray>,
    val time: Double?,
    val interval: Double?,
)

/** One series, growing: a sensor's stream. It keeps the bundle's context and no more. */
class ForecastSession internal constructor(private val model: Forecaster) {
    private var values = DoubleArray(0)
    private var covariates = nothing()
    private var time: Double? = null
    private var interval: Double? = null
    private var last: Forecast? = null

    /**
     * Takes the next value.
     *
     * @param value the sensor's; null or not-a-number where it failed. Infinite values and those beyond 1e30 count as
     *   missing. The forecast takes the place of what is missing.
     * @param time of the value, in any unit; null where values come at equal steps
     * @param interval between two values, in the same unit; by default that between the first two
     * @param covariates for a bundle that has them, by name: one number, or for those that are known ahead the number at
     *   this step and those at the steps ahead
     * @throws InputError covariates that do not fit, or the first value is missing: there is nothing yet to forecast from.
     *   The session is then as before.
     */
    @JvmOverloads
    fun step(
        value: Double?,
        time: Double? = null,
        interval: Double? = null,
        covariates: Map<String, DoubleArray> = emptyMap(),
    ): StepForecast {
        val flags = ArrayList<String>()
        checkBeside(covariates)
        followClock(time, interval, flags)
        var number = value ?: Double.NaN
        var score = 0.0
        if (!number.isFinite() || abs(number) > GREATEST) {
            flags += if (number.isNaN()) MISSING_VALUE else IMPOSSIBLE_VALUE
            number = last?.mean?.get(0)
                ?: throw InputError("the first value of a stream cannot be missing: there is nothing to forecast from")
        } else {
            score = scoreOf(number)
        }
        append(doubleArrayOf(number), covariates.mapValues { it.value.copyOf(1) })
        val forecast = forecast(covariates.mapValues { it.value.copyOfRange(1, it.value.size) })
        last = forecast
        return StepForecast(forecast, score, flags + forecast.flags)
    }

    /** A new series begins. */
    fun reset() {
        forget()
        time = null
        interval = null
    }

    /** What has been seen. */
    fun snapshot(): ForecastSnapshot =
        ForecastSnapshot(model.manifest.model.sha256, values.copyOf(), covariates.mapValues { it.value.copyOf() }, time, interval)

    /**
     * Goes on from a snapshot.
     *
     * @throws InputError it is another model's, or makes no sense. The session is then as before.
     */
    fun restore(snapshot: ForecastSnapshot) {
        if (snapshot.modelSha256 != model.manifest.model.sha256) {
            throw InputError("the snapshot is of another model: it is of no use to any but the one that made it")
        }
        val found = covariates.mapValues { snapshot.covariates[it.key] ?: DoubleArray(0) }
        if (!snapshot.values.all { it.isFinite() } || found.values.any { it.size != snapshot.values.size }) {
            throw InputError("not a snapshot of a forecasting session")
        }
        values = snapshot.values.copyOf()
        covariates = found.mapValues { it.value.copyOf() }
        time = snapshot.time
        interval = snapshot.interval
        last = if (values.isEmpty()) null else forecast(emptyMap())
    }

    /** A session of its own that goes on from the same history. */
    fun fork(): ForecastSession = ForecastSession(model).also { it.restore(snapshot()) }

    private fun nothing(): Map<String, DoubleArray> = model.task.covariates.associate { it.name to DoubleArray(0) }

    private fun forecast(ahead: Map<String, DoubleArray>): Forecast {
        val both = covariates.mapValues { (name, past) -> past + (ahead[name] ?: DoubleArray(0)) }
        return model.forecast(values, coverage = COVERAGE, covariates = both)
    }

    private fun checkBeside(given: Map<String, DoubleArray>) {
        val unlike = ((given.keys - covariates.keys) + (covariates.keys - given.keys)).minOrNull()
        if (unlike != null) {
            throw InputError("covariate '$unlike': give ${covariates.keys.joinToString().ifEmpty { "none" }} at each step")
        }
        for (one in model.task.covariates) {
            val size = given.getValue(one.name).size
            if (size < 1) throw InputError("covariate '${one.name}': give its number at this step")
            if (!one.known && size != 1) throw InputError("covariate '${one.name}': one number a step: it is not known ahead")
        }
    }

    private fun append(more: DoubleArray, beside: Map<String, DoubleArray>) {
        val kept = model.task.context
        fun cut(all: DoubleArray) = all.copyOfRange(max(0, all.size - kept), all.size)
        values = cut(values + more)
        covariates = covariates.mapValues { (name, past) -> cut(past + beside.getValue(name)) }
    }

    private fun forget() {
        values = DoubleArray(0)
        last = null
        covariates = nothing()
    }

    private fun scoreOf(value: Double): Double {
        val before = last ?: return 0.0
        val middle = before.mean[0]
        val end = if (value >= middle) before.upper[0] else before.lower[0]
        val spread = max(abs(end - middle) / DEVIATIONS, LEAST_SPREAD * max(1.0, abs(middle)))
        return abs(value - middle) / spread
    }

    private fun followClock(time: Double?, interval: Double?, flags: MutableList<String>) {
        if (time == null || !time.isFinite()) return
        val before = this.time
        if (interval != null && interval != 0.0) this.interval = interval
        if (before != null) {
            val step = this.interval
            when {
                time <= before -> flags += CLOCK_BACK
                step == null -> this.interval = time - before
                else -> bridge(Math.rint((time - before) / step).toInt() - 1, flags)
            }
        }
        this.time = time
    }

    /** Puts the forecast into a gap of so many values; one longer than the forecast makes the past worthless. */
    private fun bridge(missing: Int, flags: MutableList<String>) {
        val before = last
        if (missing < 1 || before == null) return
        if (missing > before.mean.size) {
            flags += LONG_GAP
            forget()
            return
        }
        flags += GAP
        append(before.mean.copyOf(missing), covariates.mapValues { DoubleArray(missing) { Double.NaN } })
        last = forecast(emptyMap())
    }
}
