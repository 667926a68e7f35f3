package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.InputError
import edgernn.runtime.Model
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.floats
import edgernn.runtime.forecast.ForecastSession
import edgernn.runtime.forecast.prepare
import edgernn.runtime.forecast.restored
import edgernn.runtime.spec.ForecastSpec
import kotlin.math.abs

private const val DEFAULT_COVERAGE = 0.8

/**
 * What comes next.
 *
 * @property mean [horizon], the middle of the forecast (the median: half of the outcomes should lie below)
 * @property lower [horizon], the range's lower end
 * @property upper [horizon], the range's upper end
 * @property coverage part of the outcomes that the range should hold, 0 to 1
 * @property flags what was wrong with the history and how it was mended, one sentence each; none for a sound one
 */
class Forecast(
    val mean: DoubleArray,
    val lower: DoubleArray,
    val upper: DoubleArray,
    val coverage: Double,
    val flags: List<String>,
)

/** Forecasts series from their past. */
class Forecaster internal constructor(
    bundle: Bundle,
    val task: ForecastSpec,
    engine: Engine,
    options: EngineOptions,
) : Model(bundle, engine, options) {
    init {
        checkModel()
        checkTask()
    }

    /**
     * Forecasts one series.
     *
     * @param history the values so far, the oldest first, of any length; not-a-number where one is missing
     * @param horizon steps ahead, by default and at most the bundle's
     * @param coverage of the range: one that the bundle's quantiles give (usually 0.8 and 0.95)
     * @param covariates for a bundle that has them, the other variables by name, as many values as the history has, and the
     *   steps ahead after these for those that are known ahead
     * @throws InputError no usable number in it, covariates that do not fit, or a horizon or coverage that the bundle does
     *   not give
     */
    @JvmOverloads
    fun forecast(
        history: DoubleArray,
        horizon: Int? = null,
        coverage: Double = DEFAULT_COVERAGE,
        covariates: Map<String, DoubleArray>? = null,
    ): Forecast {
        val steps = horizon ?: task.horizon
        if (steps !in 1..task.horizon) {
            throw InputError("horizon: this bundle forecasts 1 to ${task.horizon} steps, not $steps")
        }
        val (low, high) = ends(coverage)
        val prepared = prepare(history, task, covariates)
        val outputs = run(prepared.inputs).getValue(task.output).floats()
        val ahead = List(steps) { step -> quantiles(outputs, step) { restored(it, prepared, task) } }
        fun at(place: Int) = DoubleArray(steps) { ahead[it][place] }
        return Forecast(at(task.quantiles.indexOf(MIDDLE)), at(low), at(high), coverage, prepared.flags)
    }

    /** As [forecast], for each of several series; [covariates] are as many. */
    @JvmOverloads
    fun forecastMany(
        histories: List<DoubleArray>,
        horizon: Int? = null,
        coverage: Double = DEFAULT_COVERAGE,
        covariates: List<Map<String, DoubleArray>>? = null,
    ): List<Forecast> {
        if (covariates != null && covariates.size != histories.size) {
            throw InputError("covariates: expected a list of ${histories.size} maps, one for each series")
        }
        return histories.mapIndexed { n, history -> forecast(history, horizon, coverage, covariates?.get(n)) }
    }

    /** A stream of values: one in, an updated forecast and an anomaly score out. */
    fun forecastSession(): ForecastSession = ForecastSession(this)

    /** Quantization may let neighbours cross by a hair: each is at least the one before. */
    private fun quantiles(outputs: FloatArray, step: Int, restore: (Float) -> Double): DoubleArray {
        val count = task.quantiles.size
        val found = DoubleArray(count) { restore(outputs[step * count + it]) }
        for (place in 1 until count) found[place] = maxOf(found[place], found[place - 1])
        return found
    }

    private fun ends(coverage: Double): Pair<Int, Int> {
        val wanted = listOf((1 - coverage) / 2, (1 + coverage) / 2)
        val places = wanted.map { level -> task.quantiles.indices.minByOrNull { abs(task.quantiles[it] - level) } ?: 0 }
        val fits = wanted.zip(places).all { (level, place) -> abs(task.quantiles[place] - level) <= 1e-6 + 1e-5 * abs(level) }
        if (!fits || coverage <= 0) {
            val offered = task.quantiles.filter { it < MIDDLE }.map { Math.rint((1 - 2 * it) * 1e6) / 1e6 }.toSortedSet()
            throw InputError("coverage: this bundle gives ${offered.joinToString()}, not $coverage")
        }
        return places[0] to places[1]
    }

    private fun checkModel() {
        val inputs = manifest.inputs.associate { it.name to it.shape }
        val wanted = mapOf<String, List<Int?>>(
            task.windowInput to listOf(1, task.window, task.windowWidth),
            task.contextInput to listOf(1, task.contextWidth),
        )
        val output = manifest.outputs.firstOrNull { it.name == task.output }?.shape
        if (inputs != wanted || output != listOf(1, task.horizon, task.quantiles.size)) {
            throw BundleError("${bundle.where}: its model does not take and give what its task says ($inputs, $output)")
        }
    }

    private fun checkTask() {
        fun refuse(what: String): Nothing = throw BundleError("${bundle.where}: its $what")
        if (task.periods.isEmpty() || !rises(task.periods)) refuse("seasons must rise")
        if (MIDDLE !in task.quantiles || !rises(task.quantiles)) refuse("quantiles must rise, with 0.5 among them")
        if ((task.periods + task.horizon + task.window).min() < 1 || task.context < task.window) {
            refuse("season, horizon, window or context makes no sense")
        }
        val names = task.covariates.map { it.name }
        if (names.toSet().size < names.size || task.covariates.any { !(it.scale > 0) }) refuse("covariates make no sense")
    }

    private fun <T : Comparable<T>> rises(values: List<T>): Boolean = values.zipWithNext().all { (one, next) -> one < next }

    private companion object {
        private const val MIDDLE = 0.5
    }
}
