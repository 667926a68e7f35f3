package edgernn.runtime.tag

import edgernn.runtime.spec.ColumnSpec
import kotlin.math.tanh

private const val SEVERAL = "|"

/**
 * A sentence's labels.
 *
 * @property labels of each token
 * @property scores their probabilities
 * @property sureness of each token's whole answer, 0 to 1
 * @property spans that the labels mark, with the probability of each; none without a scheme
 */
internal class Answer(
    val labels: List<List<String>>,
    val scores: List<List<Double>>,
    val sureness: List<Double>,
    val spans: List<Pair<LabelSpan, Double>>,
)

/**
 * One column of labels: from the network's scores to labels, their probabilities and the spans that they mark.
 *
 * @property labels in the order of the scores' last axis
 * @property crf their effects on each other; where they have none, `independent`
 */
internal class Column(val spec: ColumnSpec, val labels: List<String>, val crf: Crf) {
    val isSeveral get() = spec.kind == "several"

    /** Labels with their probabilities; scores of one step or more. */
    fun answer(scores: Scores): Answer {
        if (isSeveral) return severalAnswers(scores)
        val path = crf.best(scores)
        val lattice = crf.lattice(scores)
        val sureness = path.mapIndexed { n, label -> lattice.probabilities[n][label] }
        val found = path.map { labels[it] }
        val spans = if (spec.scheme == "none") emptyList() else spansOf(found)
        return Answer(
            found.map { listOf(it) },
            sureness.map { listOf(it) },
            sureness,
            spans.map { it to lattice.probability(it.start, path.copyOfRange(it.start, it.stop)) },
        )
    }

    private fun severalAnswers(scores: Scores): Answer {
        val shares = scores.map { row -> row.map { 0.5 * (1.0 + tanh(0.5 * it)) } }
        val chosen = scores.map { row -> row.indices.filter { row[it] > 0 } }
        return Answer(
            chosen.map { some -> some.map { labels[it] } },
            chosen.mapIndexed { n, some -> some.map { shares[n][it] } },
            shares.map { row -> row.minOf { maxOf(it, 1.0 - it) } },
            emptyList(),
        )
    }

    /** As files hold it: several labels are joined by "|". */
    fun joined(labels: List<String>): String =
        if (isSeveral) labels.sorted().joinToString(SEVERAL).ifEmpty { OUTSIDE } else labels[0]
}
