package edgernn.runtime.forecast

import kotlin.math.abs
import kotlin.math.max
import kotlin.math.pow
import kotlin.math.sqrt

/** Cycles that must have been seen before a season is looked for. */
private const val LEAST_CYCLES = 3

/** One-sided 90 % of the normal distribution, as in the benchmarks of the M competitions. */
private const val CRITICAL = 1.645

/** A month that sold nothing must not divide by zero. */
private const val LEAST_INDEX = 0.01

/** The smallest normal number: a trend of zero must not divide. */
private const val TINY = 2.2250738585072014e-308

/** Whether the autocorrelation at one period stands out from the noise of the shorter lags (Bartlett's test at 90 %). */
private fun isSeasonal(values: DoubleArray, period: Int): Boolean {
    if (period < 2 || values.size < LEAST_CYCLES * period) return false
    val mean = values.sum() / values.size
    val centred = DoubleArray(values.size) { values[it] - mean }
    val power = centred.sumOf { it * it }
    if (power <= 1e-12 * max(1.0, values.sumOf { it * it })) return false
    val lags = DoubleArray(period) { n -> (n + 1 until centred.size).sumOf { centred[it] * centred[it - n - 1] } / power }
    val noise = lags.dropLast(1).sumOf { it * it }
    return abs(lags.last()) > CRITICAL * sqrt((1 + 2 * noise) / values.size)
}

/**
 * Classical decomposition: what each place in the season adds to the trend, or multiplies it by. A longer season is looked
 * for in what a shorter one leaves.
 *
 * @param values the first of them at place 0; positive where [multiplicative]
 * @param periods values in a season, rising
 * @param decay weight of a season in the next one's
 * @return as many as there are values after which all seasons found begin together; one (1 or 0) where none is found
 */
internal fun seasonalIndices(values: DoubleArray, periods: List<Int>, multiplicative: Boolean, decay: Double): DoubleArray {
    var indices = doubleArrayOf(if (multiplicative) 1.0 else 0.0)
    var left = values
    for (period in periods) {
        if (!isSeasonal(left, period)) continue
        val found = indicesOf(left, period, multiplicative, decay)
        val one = indices
        indices = DoubleArray(leastCommonMultiple(one.size, period)) {
            joined(one[it % one.size], found[it % period], multiplicative)
        }
        val before = left
        left = DoubleArray(before.size) { removed(before[it], found[it % period], multiplicative) }
    }
    return indices
}

private fun joined(one: Double, other: Double, multiplicative: Boolean) = if (multiplicative) one * other else one + other

/** A value without its season. */
internal fun removed(value: Double, index: Double, multiplicative: Boolean) = if (multiplicative) value / index else value - index

private fun indicesOf(values: DoubleArray, period: Int, multiplicative: Boolean, decay: Double): DoubleArray {
    val half = period / 2
    val trend = trendOf(values, period)
    val rest = DoubleArray(trend.size) {
        val value = values[half + it]
        if (multiplicative) value / max(trend[it], TINY) else value - trend[it]
    }
    val means = meansOf(rest, half, period, decay)
    val mean = means.sum() / period
    return DoubleArray(period) { if (multiplicative) max(means[it] / mean, LEAST_INDEX) else means[it] - mean }
}

/** By place in the season; the last season counting most. */
private fun meansOf(values: DoubleArray, half: Int, period: Int, decay: Double): DoubleArray {
    val sums = DoubleArray(period)
    val weights = DoubleArray(period)
    for (number in values.indices) {
        val weight = decay.pow((values.size - 1 - number) / period)
        val place = (half + number) % period
        sums[place] += weight * values[number]
        weights[place] += weight
    }
    return DoubleArray(period) { sums[it] / weights[it] }
}

/** The centred moving average over a season, where it can be had; an even season needs half of the values at both ends. */
private fun trendOf(values: DoubleArray, period: Int): DoubleArray {
    val isEven = period % 2 == 0
    val width = if (isEven) period + 1 else period
    return DoubleArray(values.size - width + 1) { start ->
        var sum = 0.0
        for (place in 0 until width) {
            val weight = if (isEven && (place == 0 || place == width - 1)) 0.5 else 1.0
            sum += values[start + place] * (weight / period)
        }
        sum
    }
}

private fun leastCommonMultiple(one: Int, other: Int): Int {
    var a = one
    var b = other
    while (b != 0) a = b.also { b = a % b }
    return one / a * other
}
