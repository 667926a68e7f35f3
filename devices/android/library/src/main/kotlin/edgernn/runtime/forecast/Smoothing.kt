package edgernn.runtime.forecast

private const val RATES = 20

/** A part of the sum of squares: errors that are smaller are rounding, as those of a constant series are. */
private const val ROUNDING = 1e-24

/** The level behind the last value, and the rate (0 to 1) whose one-step forecasts erred least. */
internal class Smoothed(val level: Double, val rate: Double)

/**
 * Simple exponential smoothing, its rate chosen from 0.05, 0.10, ... 1 by the sum of squared one-step errors; of rates that
 * differ by nothing but rounding, the lowest.
 */
internal fun smooth(values: DoubleArray): Smoothed {
    val levels = DoubleArray(RATES)
    val squares = DoubleArray(RATES)
    for (number in 0 until RATES) {
        var level = values[0]
        for (place in 1 until values.size) {
            val error = values[place] - level
            squares[number] += error * error
            level = level * (1 - rate(number)) + rate(number) * values[place]
        }
        levels[number] = level
    }
    val bound = squares.min() + ROUNDING * values.sumOf { it * it }
    val best = squares.indexOfFirst { it <= bound }
    return Smoothed(levels[best], rate(best))
}

/** As numpy.linspace(0.05, 1, 20) has it. */
private fun rate(number: Int): Double = if (number == RATES - 1) 1.0 else 0.05 + number * (0.95 / (RATES - 1))

/**
 * The Theta method: half the trend line, half a smoothed line bent twice as far (Assimakopoulos and Nikolopoulos 2000).
 *
 * @param values without season, one or more
 * @return forecasts [horizon], and the rate of the smoothing
 */
internal fun theta(values: DoubleArray, horizon: Int): Pair<DoubleArray, Double> {
    val count = values.size
    val mean = values.sum() / count
    val middle = (count - 1) / 2.0
    var slope = 0.0
    if (count > 1) {
        val products = values.indices.sumOf { (it - middle) * (values[it] - mean) }
        slope = products / values.indices.sumOf { (it - middle) * (it - middle) }
    }
    val start = mean - slope * (count - 1) / 2
    val bent = smooth(DoubleArray(count) { 2 * values[it] - (start + slope * it) })
    val ahead = DoubleArray(horizon) { 0.5 * (bent.level + (start + slope * (count + it))) }
    return ahead to bent.rate
}
