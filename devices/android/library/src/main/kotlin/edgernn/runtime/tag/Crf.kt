package edgernn.runtime.tag

import edgernn.runtime.decode.argmax
import kotlin.math.exp
import kotlin.math.ln

/** Of what is less, parts that count may have vanished. */
private const val LEAST = 1e-280

/** Scores [time][labels]. */
internal typealias Scores = List<DoubleArray>

/**
 * A linear-chain conditional random field (Lafferty et al. 2001): what labels add to each other's scores.
 *
 * @property transitions [labels][labels], from the row's label to the column's
 * @property start [labels], of the first label
 * @property end [labels], of the last one
 */
internal class Crf(val transitions: List<DoubleArray>, val start: DoubleArray, val end: DoubleArray) {
    private val labels = start.indices

    /** The labels with the greatest sum of scores (Viterbi 1967); of equal ones, from the end, the lower ids. */
    fun best(scores: Scores): IntArray {
        val totals = ArrayList<DoubleArray>(scores.size)
        totals += start plus scores[0]
        for (step in 1 until scores.size) {
            val before = totals.last()
            totals += DoubleArray(start.size) { to -> labels.maxOf { before[it] + transitions[it][to] } + scores[step][to] }
        }
        val found = IntArray(scores.size)
        found[found.size - 1] = argmax(totals.last() plus end)
        for (step in found.size - 2 downTo 0) {
            val following = found[step + 1]
            found[step] = argmax(DoubleArray(start.size) { totals[step][it] + transitions[it][following] })
        }
        return found
    }

    /** All sequences at once (forward-backward). */
    fun lattice(scores: Scores): Lattice {
        val peaks = DoubleArray(scores.size) { scores[it].max() }
        val steps = scores.mapIndexed { n, row -> DoubleArray(row.size) { exp(row[it] - peaks[n]) } }
        val between = transitions.map { row -> DoubleArray(row.size) { exp(row[it]) } }
        val first = DoubleArray(start.size) { exp(start[it]) * steps[0][it] }
        val last = DoubleArray(end.size) { exp(end[it]) }
        // Probabilities that are scaled at each step (Rabiner 1989): quicker than logarithms of sums of exponentials.
        val forward = scaled(first, scores.size) { n, vector ->
            DoubleArray(vector.size) { to -> labels.sumOf { vector[it] * between[it][to] } * steps[n][to] }
        }
        val backward = scaled(last, scores.size) { n, vector ->
            val step = steps[steps.size - n]
            DoubleArray(vector.size) { from -> labels.sumOf { vector[it] * step[it] * between[from][it] } }
        }
        val least = scores.indices.minOf { n ->
            labels.sumOf { forward.vectors[n][it] * backward.vectors[scores.size - 1 - n][it] }
        }
        if (!(least > LEAST)) return latticeOfLogarithms(scores)
        val before = DoubleArray(scores.size)
        var sum = 0.0
        for (n in before.indices) {
            sum += peaks[n]
            before[n] = sum
        }
        return Lattice(
            this,
            scores,
            scores.indices.map { n -> forward.logarithms(n, before[n]) },
            scores.indices.map { n -> backward.logarithms(scores.size - 1 - n, sum - before[n]) },
        )
    }

    /** Logarithms [labels] of the sums over all beginnings, one step on; [before] is null at a sequence's beginning. */
    fun onward(before: DoubleArray?, scores: DoubleArray): DoubleArray = if (before == null) {
        start plus scores
    } else {
        DoubleArray(start.size) { to ->
            logSum(DoubleArray(start.size) { before[it] + transitions[it][to] }) + scores[to]
        }
    }

    /** The same where exponentials would vanish or overflow. */
    private fun latticeOfLogarithms(scores: Scores): Lattice {
        val forward = ArrayList<DoubleArray>(scores.size)
        scores.forEach { forward += onward(forward.lastOrNull(), it) }
        val backward = ArrayList<DoubleArray>(scores.size)
        backward += end
        for (step in scores.size - 2 downTo 0) {
            val behind = scores[step + 1] plus backward.last()
            backward += DoubleArray(start.size) { logSum(transitions[it] plus behind) }
        }
        return Lattice(this, scores, forward, backward.asReversed())
    }

    /** Vectors with a sum of 1 each, and the logarithms of the factors that were taken out up to each. */
    private class Scaled(val vectors: List<DoubleArray>, private val taken: DoubleArray) {
        fun logarithms(number: Int, more: Double) =
            DoubleArray(vectors[number].size) { ln(vectors[number][it]) + taken[number] + more }
    }

    private fun scaled(first: DoubleArray, count: Int, next: (Int, DoubleArray) -> DoubleArray): Scaled {
        val vectors = ArrayList<DoubleArray>(count)
        val taken = DoubleArray(count)
        var sum = 0.0
        for (number in 0 until count) {
            val vector = if (number == 0) first.copyOf() else next(number, vectors.last())
            val total = vector.sum()
            for (place in vector.indices) vector[place] /= total
            sum += ln(total)
            taken[number] = sum
            vectors += vector
        }
        return Scaled(vectors, taken)
    }

    companion object {
        /** Labels that take no notice of each other. */
        fun independent(labels: Int) = Crf(List(labels) { DoubleArray(labels) }, DoubleArray(labels), DoubleArray(labels))
    }
}

/**
 * All sequences of labels over some steps.
 *
 * @param forward logarithms [time][labels] of the sums over all beginnings, up to the step's label
 * @param backward of those over all endings behind it
 */
internal class Lattice(
    private val crf: Crf,
    private val scores: Scores,
    private val forward: Scores,
    private val backward: Scores,
) {
    /** Of each label at each step. */
    val probabilities: Scores by lazy { forward.mapIndexed { n, row -> softmax(row plus backward[n]) } }

    /** That the steps from [start] on have just these labels, whatever the others have. */
    fun probability(start: Int, labels: IntArray): Double {
        val stop = start + labels.size
        var path = forward[start][labels[0]] + backward[stop - 1][labels.last()]
        for (n in 1 until labels.size) path += scores[start + n][labels[n]] + crf.transitions[labels[n - 1]][labels[n]]
        return exp(minOf(path - logSum(forward[start] plus backward[start]), 0.0))
    }
}

internal fun softmax(scores: DoubleArray): DoubleArray {
    val most = scores.max()
    val found = DoubleArray(scores.size) { exp(scores[it] - most) }
    val whole = found.sum()
    return DoubleArray(found.size) { found[it] / whole }
}

private fun logSum(scores: DoubleArray): Double {
    val most = scores.max()
    return ln(scores.sumOf { exp(it - most) }) + most
}

private infix fun DoubleArray.plus(other: DoubleArray) = DoubleArray(size) { this[it] + other[it] }
