package edgernn.runtime.forecast

import edgernn.runtime.InputError
import edgernn.runtime.spec.CovariateSpec
import edgernn.runtime.spec.ForecastSpec

private const val INCOMPLETE = "values of a covariate are missing: its mean stands in for them"

/** In standard deviations: a broken sensor must not swamp the network. */
private const val MOST = 10.0

/**
 * Covariates as the network takes them.
 *
 * @property window [window][covariates], scaled
 * @property ahead [horizon * known covariates], scaled, step by step
 * @property flags what was mended
 */
internal class Aligned(val window: List<DoubleArray>, val ahead: DoubleArray, val flags: List<String>)

/**
 * Lines covariates up with a history of so many values.
 *
 * @param covariates by name, as many numbers as the history has, and the steps ahead after these for those that are known
 *   ahead; what is missing becomes the training mean and is flagged
 * @return null where the bundle has no covariates
 * @throws InputError one that the bundle needs is not there or too short, or it knows none of that name
 */
internal fun align(covariates: Map<String, DoubleArray>?, count: Int, spec: ForecastSpec): Aligned? {
    val given = covariates.orEmpty()
    val names = spec.covariates.map { it.name }
    given.keys.firstOrNull { it !in names }?.let {
        throw InputError("covariate '$it': this bundle has ${names.joinToString().ifEmpty { "none" }}")
    }
    if (names.isEmpty()) return null
    val scaled = spec.covariates.map { scaled(given, it, count) }
    val known = scaled.filterIndexed { n, _ -> spec.covariates[n].known }
    var incomplete = false
    fun value(values: DoubleArray, place: Int): Double {
        val found = values.getOrElse(place) { Double.NaN }
        incomplete = incomplete || found.isNaN()
        return if (found.isNaN()) 0.0 else found
    }
    val window = List(spec.window) { step ->
        val place = count - spec.window + step
        DoubleArray(names.size) { if (place < 0) 0.0 else value(scaled[it], place) }
    }
    val ahead = DoubleArray(spec.horizon * known.size) { value(known[it % known.size], count + it / known.size) }
    return Aligned(window, ahead, if (incomplete) listOf(INCOMPLETE) else emptyList())
}

private fun scaled(given: Map<String, DoubleArray>, one: CovariateSpec, count: Int): DoubleArray {
    val values = given[one.name] ?: throw InputError(
        "covariate '${one.name}' is missing: give its values for the history${if (one.known) " and the steps ahead" else ""}",
    )
    if (values.size < count) {
        throw InputError("covariate '${one.name}': ${values.size} values for a history of $count: give one for each")
    }
    return DoubleArray(values.size) {
        if (values[it].isFinite()) ((values[it] - one.mean) / one.scale).coerceIn(-MOST, MOST) else Double.NaN
    }
}
