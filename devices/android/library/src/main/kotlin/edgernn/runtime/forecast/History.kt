package edgernn.runtime.forecast

import edgernn.runtime.InputError
import kotlin.math.abs

/** Beyond this a sensor is broken. */
internal const val GREATEST = 1e30

/** Where logarithms are taken, zeros and less become this part of the median; so does what is next to nothing beside it. */
private const val FLOOR = 0.01
private const val LEAST = 1e-9

/** Longer gaps are no straight lines where there is a season of at least so many values. */
private const val LONGEST_LINE = 3
private const val LEAST_SEASON = 4

internal const val MISSING = "missing values were filled"
internal const val OUT_OF_RANGE = "impossible values were left out"
internal const val NOT_POSITIVE = "values that are not positive were raised"
internal const val CONSTANT = "the history is constant"
internal const val SHORT = "the history is shorter than the network's window"

/**
 * A history without gaps.
 *
 * @property values one or more, finite; positive where the transform needs it
 * @property flags what was done or seen, one sentence each
 */
internal class Cleaned(val values: DoubleArray, val flags: List<String>)

/**
 * Mends a history.
 *
 * Not-a-number is missing; infinite values and those beyond 1e30 are left out like missing ones. Missing values at the
 * beginning are cut off, those inside lie on the line between their neighbours, those at the end repeat the last value; but
 * where more than 3 are missing in a row, what was a season before stands in for them, if there is a season of 4 values or
 * more and something before. For logarithms, values that are not positive, or less than a billionth of the positive ones'
 * median, become 1 % of it.
 *
 * @param periods values in a season, rising
 * @throws InputError none of the values can be used
 */
internal fun clean(history: DoubleArray, isLog: Boolean, periods: List<Int>): Cleaned {
    if (history.isEmpty()) throw InputError("history: expected a list of numbers, found an empty one")
    val flags = ArrayList<String>()
    val impossible = history.count { abs(it) > GREATEST }
    if (impossible > 0) flags += OUT_OF_RANGE
    val values = DoubleArray(history.size) { if (abs(history[it]) > GREATEST) Double.NaN else history[it] }
    val first = values.indexOfFirst { !it.isNaN() }
    if (first < 0) throw InputError("history: no usable value in it: a forecast needs at least one number")
    if (values.count { !it.isNaN() } < values.size - impossible) flags += MISSING
    var found = filled(values.copyOfRange(first, values.size), periods)
    if (isLog) found = positive(found, flags)
    if (found.size > 1 && found.max() == found.min()) flags += CONSTANT
    return Cleaned(found, flags)
}

private fun filled(values: DoubleArray, periods: List<Int>): DoubleArray {
    val found = values.copyOf()
    val seasons = periods.filter { it >= LEAST_SEASON }.sortedDescending()
    var place = 0
    while (place < values.size) {
        if (!values[place].isNaN()) {
            place++
            continue
        }
        var end = place
        while (end < values.size && values[end].isNaN()) end++
        // The first value is known: it was cut there.
        for (gap in place until end) found[gap] = onLine(values, place - 1, end, gap)
        if (end - place > LONGEST_LINE) {
            for (gap in place until end) seasons.firstOrNull { gap >= it }?.let { found[gap] = found[gap - it] }
        }
        place = end
    }
    return found
}

private fun onLine(values: DoubleArray, left: Int, right: Int, place: Int): Double {
    if (right == values.size) return values[left]
    val slope = (values[right] - values[left]) / (right - left)
    return slope * (place - left) + values[left]
}

private fun positive(values: DoubleArray, flags: MutableList<String>): DoubleArray {
    val positive = values.filter { it > 0 }.sorted()
    if (positive.isEmpty()) {
        throw InputError("history: no positive value in it, and this bundle's series are positive: train one on yours")
    }
    val middle = positive.size / 2
    val median = if (positive.size % 2 == 1) positive[middle] else (positive[middle - 1] + positive[middle]) / 2
    if (values.none { it <= LEAST * median }) return values
    flags += NOT_POSITIVE
    return DoubleArray(values.size) { if (values[it] <= LEAST * median) FLOOR * median else values[it] }
}
