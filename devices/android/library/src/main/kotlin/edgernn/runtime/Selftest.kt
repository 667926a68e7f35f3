package edgernn.runtime

import edgernn.runtime.spec.GOLDEN_NAME
import edgernn.runtime.tasks.SequenceTagger
import edgernn.runtime.tasks.TextClassifier
import java.util.Locale
import kotlin.math.abs

/**
 * What the self-test found.
 *
 * @property passed every vector within the tolerance, every text tokenized alike
 * @property engine that computed
 * @property vectors number of golden vectors
 * @property maxError greatest absolute difference, as a part of the outputs' scale
 * @property tolerance the greatest that is allowed
 * @property failures one sentence a failed vector
 */
data class SelftestReport(
    val passed: Boolean,
    val engine: String,
    val vectors: Int,
    val maxError: Double,
    val tolerance: Double,
    val failures: List<String>,
)

/** Does this device compute what the workstation computed? Runs every golden vector of the bundle. */
fun selftest(model: Model): SelftestReport {
    val vectors = goldenVectors(model.bundle.asset(GOLDEN_NAME))
    val tolerance = model.manifest.golden.tolerance
    val scale = outputScale(vectors)
    val failures = ArrayList<String>()
    var most = 0.0
    vectors.forEachIndexed { number, vector ->
        try {
            if (!tokenizesAlike(model, vector)) failures += "vector $number: its text is tokenized differently here"
            val error = errorOf(model, vector) / scale
            most = if (error.isNaN() || most.isNaN()) Double.NaN else maxOf(most, error)
            if (!(error <= tolerance)) {
                failures += "vector $number: output differs by %.3g of the scale, %.3g is allowed".format(Locale.ROOT, error, tolerance)
            }
        } catch (error: EdgeRnnError) {
            failures += "vector $number: ${error.message}"
        }
    }
    val declared = model.manifest.golden.vectors
    if (vectors.size != declared) failures += "${vectors.size} vectors found, $declared declared"
    return SelftestReport(failures.isEmpty(), model.engine, vectors.size, most, tolerance, failures)
}

/** The greatest absolute value in any output (1 where all are zero). */
private fun outputScale(vectors: List<GoldenVector>): Double {
    val values = vectors.flatMap { it.outputs.values }.map { it.values }
    val most = values.maxOfOrNull { tensor -> (0 until tensor.size).maxOfOrNull { abs(tensor.number(it)) } ?: 0.0 } ?: 0.0
    return if (most == 0.0) 1.0 else most
}

private fun tokenizesAlike(model: Model, vector: GoldenVector): Boolean {
    val text = vector.text ?: return true
    val found = when (model) {
        is TextClassifier -> model.encode(text)
        is SequenceTagger -> model.encode(text)
        else -> return true
    }
    return vector.inputs.all { (name, wanted) ->
        val own = found[name]
        own != null && own.shape == wanted.shape && (0 until own.size).all { own.number(it) == wanted.number(it) }
    }
}

private fun errorOf(model: Model, vector: GoldenVector): Double {
    val outputs = model.run(vector.inputs, vector.states.ifEmpty { null })
    return vector.outputs.map { (name, sample) -> outputs[name]?.let(sample::difference) ?: Double.POSITIVE_INFINITY }
        .reduce { most, error -> if (most.isNaN() || error.isNaN()) Double.NaN else maxOf(most, error) }
}
