package edgernn.runtime.decode

import java.math.BigInteger
import java.security.SecureRandom
import kotlin.math.exp

private const val SEED_BITS = 64

/**
 * Draws tokens, one generator for a whole text: the same seed and logits give the same tokens, here and in Python.
 *
 * @param options how
 * @param forbidden tokens that are never chosen
 * @param random by default as the options' seed says
 */
class Sampler @JvmOverloads constructor(
    private val options: DecodeOptions,
    forbidden: Collection<Int> = emptyList(),
    private val random: Pcg64 = Pcg64(options.seed?.let(BigInteger::valueOf) ?: BigInteger(SEED_BITS, SecureRandom())),
) {
    private val forbidden = forbidden.toSortedSet()
    private val seen = HashSet<Int>()
    private var allowed = IntArray(0)

    /** Tells of tokens that have come, for the repetition penalty. */
    fun see(tokens: Collection<Int>) {
        if (options.repetitionPenalty != 1.0) seen += tokens
    }

    /**
     * The next token; it counts as seen. One number is drawn for each token, and looked up in the cumulative distribution.
     *
     * @param logits [vocabulary]; changed
     */
    fun choose(logits: FloatArray): Int {
        prepare(logits)
        val token = if (options.temperature == 0.0) argmax(logits) else drawn(logits)
        see(listOf(token))
        return token
    }

    /**
     * The tokens that may be drawn, and their probabilities, which add up to 1. The most probable comes first, of equal
     * ones the lower id; where all tokens may be drawn, they come by id.
     */
    fun distribution(logits: FloatArray): Pair<IntArray, DoubleArray> {
        val (ids, cumulative) = cumulative(logits)
        val shares = DoubleArray(ids.size) {
            (cumulative[it] - if (it > 0) cumulative[it - 1] else 0.0) / cumulative[ids.size - 1]
        }
        return ids to shares
    }

    private fun drawn(logits: FloatArray): Int {
        val (ids, cumulative) = cumulative(logits)
        val value = random.nextDouble() * cumulative.last()
        val place = cumulative.indexOfFirst { it > value }
        return ids[if (place < 0) ids.size - 1 else place]
    }

    /** Tokens, and the sums of their weights up to each. */
    private fun cumulative(logits: FloatArray): Pair<IntArray, DoubleArray> {
        val topK = if (options.topK in 1 until logits.size - forbidden.size) options.topK else 0
        if (topK == 0 && options.topP >= 1.0 && options.minP <= 0.0) {
            val ids = allowed(logits.size)
            return ids to summed(weights(logits, ids))
        }
        val ids = if (topK > 0) greatest(logits, topK) else descending(allowed(logits.size), logits)
        val weights = weights(logits, ids)
        val sums = summed(weights)
        var count = ids.size
        if (options.topP < 1.0) {
            val bound = options.topP * sums.last()
            val place = sums.indexOfFirst { it >= bound }
            count = minOf(count, (if (place < 0) sums.size else place) + 1)
        }
        if (options.minP > 0.0) {
            // The first weight, 1, is the greatest.
            val place = weights.indexOfFirst { it < options.minP }
            count = maxOf(1, minOf(count, if (place < 0) weights.size else place))
        }
        return ids.copyOf(count) to sums.copyOf(count)
    }

    /** In proportion to the probabilities, the greatest being 1. */
    private fun weights(logits: FloatArray, ids: IntArray): DoubleArray {
        val most = ids.maxOf { logits[it] }.toDouble()
        return DoubleArray(ids.size) { exp((logits[ids[it]].toDouble() - most) / options.temperature) }
    }

    private fun summed(weights: DoubleArray): DoubleArray {
        var sum = 0.0
        return DoubleArray(weights.size) {
            sum += weights[it]
            sum
        }
    }

    private fun allowed(size: Int): IntArray {
        if (allowed.size + forbidden.size != size) allowed = (0 until size).filter { it !in forbidden }.toIntArray()
        return allowed
    }

    private fun prepare(logits: FloatArray) {
        forbidden.forEach { logits[it] = Float.NEGATIVE_INFINITY }
        discourage(logits, seen, options.repetitionPenalty)
    }
}

/** Logits of tokens that have come: positive ones are divided by the penalty, others multiplied. */
internal fun discourage(logits: FloatArray, tokens: Collection<Int>, penalty: Double) {
    val factor = penalty.toFloat()
    tokens.forEach { logits[it] = if (logits[it] > 0) logits[it] / factor else logits[it] * factor }
}
