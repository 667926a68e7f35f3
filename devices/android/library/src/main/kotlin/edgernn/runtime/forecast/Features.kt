package edgernn.runtime.forecast

import edgernn.runtime.FloatTensor
import edgernn.runtime.Tensor
import edgernn.runtime.spec.ForecastSpec
import kotlin.math.abs
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.max

/** In logarithms, a forecast may be so much above or below the level: e to the 12th is 160,000 times. */
private const val MOST = 12.0

/** In units of the scale: a single spike must not swamp the rest where activations are quantized. */
private const val GREATEST_INPUT = 200.0

/** Logarithms change by so much a step at least. */
private const val LEAST_CHANGE = 1e-3

/** A part of the level that counts as no change at all: constant series have no scale of their own. */
private const val LEAST_SCALE = 1e-6

/** Seasons change: one a cycle older counts so much less. */
private const val DECAY = 0.8

/** The network's input for `n` values seen is log(n) by this. */
private const val COUNT_SCALE = 5.0

/** A falling line must not reach zero: no logarithm could follow it. */
private const val LEAST_PATH = 0.05

/**
 * A history as the network takes it.
 *
 * @property inputs by name
 * @property level what values are relative to
 * @property scale the unit of what the network sees and answers
 * @property flags what was mended
 */
internal class Prepared(val inputs: Map<String, Tensor>, val level: Double, val scale: Double, val flags: List<String>)

/**
 * Mends and scales a history as it comes, by nothing but itself.
 *
 * @throws edgernn.runtime.InputError nothing in it can be used, or the covariates do not fit
 */
internal fun prepare(history: DoubleArray, spec: ForecastSpec, covariates: Map<String, DoubleArray>?): Prepared {
    val aligned = align(covariates, history.size, spec)
    val recent = history.copyOfRange(max(0, history.size - spec.context), history.size)
    val cleaned = clean(recent, spec.isLog, spec.periods)
    val short = if (cleaned.values.size < spec.window) listOf(SHORT) else emptyList()
    return scaled(cleaned.values, spec, aligned, cleaned.flags + short + aligned?.flags.orEmpty())
}

private fun scaled(values: DoubleArray, spec: ForecastSpec, aligned: Aligned?, flags: List<String>): Prepared {
    val count = values.size
    val log = spec.isLog
    val indices = seasonalIndices(values, spec.periods, log, DECAY)
    val plain = DoubleArray(count) { removed(values[it], indices[it % indices.size], log) }
    val level = smooth(plain)
    val (line, rate) = theta(plain, spec.horizon)
    // A value in the network's scale: its logarithm, or itself.
    val toScale: (Double) -> Double = if (log) ::ln else { value -> value }
    val base = toScale(level.level)
    val onScale = DoubleArray(count) { toScale(plain[it]) }
    val scale = if (log) {
        max(meanStep(onScale.copyOfRange(max(0, count - spec.window), count)), LEAST_CHANGE)
    } else {
        max(meanStep(plain), LEAST_SCALE * max(1.0, abs(base)))
    }
    val path = line.map { (toScale(if (log) max(it, LEAST_PATH * plain.last()) else it) - base) / scale }
    val season = (0 until spec.horizon).map { toScale(indices[(count + it) % indices.size]) / scale }
    val found = indices.any { it != (if (log) 1.0 else 0.0) }
    val facts = listOf(level.rate, rate, ln(count.toDouble()) / COUNT_SCALE, if (found) 1.0 else 0.0, if (log) ln(scale) else 0.0)
    val context = path + season + facts + (aligned?.ahead?.toList().orEmpty())
    val inputs = mapOf(
        spec.windowInput to windowOf(onScale, base, scale, spec, aligned),
        spec.contextInput to FloatTensor(
            FloatArray(context.size) { context[it].coerceIn(-GREATEST_INPUT, GREATEST_INPUT).toFloat() },
            listOf(1, context.size),
        ),
    )
    return Prepared(inputs, base, scale, flags)
}

/** Mean absolute change from one value to the next; 0 for one value. */
private fun meanStep(values: DoubleArray): Double =
    if (values.size < 2) 0.0 else (1 until values.size).sumOf { abs(values[it] - values[it - 1]) } / (values.size - 1)

private fun windowOf(values: DoubleArray, base: Double, scale: Double, spec: ForecastSpec, aligned: Aligned?): Tensor {
    val width = spec.windowWidth
    val found = FloatArray(spec.window * width)
    for (step in 0 until spec.window) {
        val place = values.size - spec.window + step
        if (place >= 0) {
            found[step * width] = clipped((values[place] - base) / scale)
            found[step * width + 1] = 1f
        }
        aligned?.window?.get(step)?.forEachIndexed { n, value -> found[step * width + 2 + n] = clipped(value) }
    }
    return FloatTensor(found, listOf(1, spec.window, width))
}

private fun clipped(value: Double): Float = value.toFloat().coerceIn(-GREATEST_INPUT.toFloat(), GREATEST_INPUT.toFloat())

/** An output of the network as a value. */
internal fun restored(output: Float, prepared: Prepared, spec: ForecastSpec): Double {
    val relative = output.toDouble() * prepared.scale
    return if (spec.isLog) exp(relative.coerceIn(-MOST, MOST) + prepared.level) else relative + prepared.level
}
