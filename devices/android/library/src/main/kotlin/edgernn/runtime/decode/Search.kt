package edgernn.runtime.decode

import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.pow

/**
 * A sequence of tokens.
 *
 * @property tokens without the one that ends it
 * @property logProbability natural, of all tokens and of the end where it has come
 * @property score by which sequences of different lengths are compared
 * @property ended whether the end has come
 * @property attention [tokens][source], or null
 */
class Hypothesis(
    val tokens: List<Int>,
    val logProbability: Double,
    val score: Double,
    val ended: Boolean,
    val attention: List<FloatArray>?,
)

/**
 * Where a search ends.
 *
 * @property beams sequences that go on side by side, 1 or more
 * @property maxTokens of a sequence
 */
class Limits(
    val beams: Int,
    val maxTokens: Int,
    val maxSeconds: Double? = null,
    val repetitionPenalty: Double = 1.0,
)

/** From the log-probability, the number of tokens (the end counted) and the attention summed over them. */
internal typealias Score = (Double, Int, FloatArray?) -> Double

/** A part of the source that got less attention than this in all counts as so much: its logarithm stays finite. */
private const val LEAST_COVERAGE = 1e-6

/** Log-probability divided by the length to this power; 0: as it is. */
internal fun byLength(power: Double): Score = { logProbability, length, _ -> logProbability / maxOf(1, length).toDouble().pow(power) }

/** Equation 14 of Wu et al. 2016 ("Google's neural machine translation system"). */
internal fun byLengthAndCoverage(lengthPenalty: Double, coveragePenalty: Double): Score = { logProbability, length, coverage ->
    val normalized = logProbability / ((5.0 + length) / 6.0).pow(lengthPenalty)
    if (coveragePenalty == 0.0 || coverage == null) {
        normalized
    } else {
        normalized + coveragePenalty * coverage.sumOf { ln(it.toDouble().coerceIn(LEAST_COVERAGE, 1.0)) }
    }
}

/** The logarithm of the sum of the exponentials. */
internal fun logNormalizer(logits: FloatArray): Double {
    val most = logits.max()
    var sum = 0.0
    for (value in logits) sum += exp((value - most).toDouble())
    return ln(sum) + most
}

private class Live(val tokens: List<Int>, val logProbability: Double, val attention: List<FloatArray>) {
    fun finished(total: Double, score: Score, ended: Boolean, last: FloatArray?): Hypothesis {
        val coverage = summed(if (last == null) attention else attention + listOf(last))
        val value = score(total, tokens.size + (if (ended) 1 else 0), coverage)
        return Hypothesis(tokens, total, value, ended, attention.ifEmpty { null })
    }

    fun extended(token: Int, total: Double, row: FloatArray?) =
        Live(tokens + token, total, if (row == null) attention else attention + listOf(row))
}

/** Rows added up, or null where there is none. */
internal fun summed(rows: List<FloatArray>): FloatArray? {
    if (rows.isEmpty()) return null
    return FloatArray(rows[0].size) { place -> rows.fold(0f) { sum, row -> sum + row[place] } }
}

/** The mean of some rows. */
internal fun meanOf(rows: List<FloatArray>): FloatArray =
    FloatArray(rows[0].size) { place -> rows.fold(0f) { sum, row -> sum + row[place] } / rows.size }

private class Candidate(val parent: Int, val token: Int, val total: Double)

/**
 * The best sequences that go on from here, the best first.
 *
 * In every turn the continuations of all live sequences are ranked by log-probability (of equal ones the earlier sequence,
 * then the lower token). An end among the first `beams` sets its sequence aside; the first `beams` of the others among twice
 * as many live on. The search ends when as many are aside as there are beams, or at a limit; then the live ones count too.
 *
 * @param scorer the sequence so far, as number 0; it is used up
 * @param first what follows it, of one row
 * @param end the token that ends a sequence, or null where none does
 * @param forbidden tokens that never come
 */
internal fun search(
    scorer: BatchScorer,
    first: Scored,
    limits: Limits,
    score: Score,
    end: Int?,
    forbidden: Collection<Int>,
): List<Hypothesis> {
    val deadline = Deadline(limits.maxSeconds)
    val ended = ArrayList<Hypothesis>()
    var live = listOf(Live(emptyList(), 0.0, emptyList()))
    var scored = first
    for (turn in 0 until limits.maxTokens) {
        if (live.isEmpty() || ended.size >= limits.beams || deadline.isOver) break
        val survivors = ArrayList<Candidate>()
        ranked(live, scored.logits, limits, forbidden).forEachIndexed { place, one ->
            if (one.token == end) {
                val row = scored.attention?.get(one.parent)
                if (place < limits.beams) ended += live[one.parent].finished(one.total, score, true, row)
            } else if (survivors.size < limits.beams) {
                survivors += one
            }
        }
        val rows = scored.attention
        live = survivors.map { live[it.parent].extended(it.token, it.total, rows?.get(it.parent)) }
        if (live.isNotEmpty() && ended.size < limits.beams && turn + 1 < limits.maxTokens) {
            scored = scorer.step(
                IntArray(survivors.size) { survivors[it].parent },
                IntArray(survivors.size) { survivors[it].token },
            )
        }
    }
    live.mapTo(ended) { it.finished(it.logProbability, score, false, null) }
    return ended.sortedByDescending { it.score }.take(limits.beams)
}

/** The best continuations: twice as many as there are beams. */
private fun ranked(
    live: List<Live>,
    logits: List<FloatArray>,
    limits: Limits,
    forbidden: Collection<Int>,
): List<Candidate> {
    val width = logits[0].size
    val bases = DoubleArray(live.size)
    val flat = FloatArray(live.size * width)
    live.forEachIndexed { number, one ->
        val row = logits[number]
        forbidden.forEach { row[it] = Float.NEGATIVE_INFINITY }
        if (limits.repetitionPenalty != 1.0) discourage(row, one.tokens.toSet(), limits.repetitionPenalty)
        bases[number] = one.logProbability - logNormalizer(row)
        val base = bases[number].toFloat()
        for (token in row.indices) flat[number * width + token] = row[token] + base
    }
    // One look at all of them; the sums in double precision are those of the few that are chosen.
    return greatest(flat, 2 * limits.beams)
        .map { Candidate(it / width, it % width, logits[it / width][it % width].toDouble() + bases[it / width]) }
        .filter { it.total > Double.NEGATIVE_INFINITY }
        .sortedWith(compareByDescending<Candidate> { it.total }.thenBy { it.parent }.thenBy { it.token })
}

/**
 * The best sequences of a model that is stepped one sequence at a time, the best first; see [search].
 *
 * @param scorer the sequence so far; it is used up
 * @param logits of what follows it
 */
internal fun beamSearch(
    scorer: Scorer,
    logits: FloatArray,
    options: DecodeOptions,
    end: Int?,
    forbidden: Collection<Int>,
): List<Hypothesis> {
    val limits = Limits(options.beams, options.maxTokens, options.maxSeconds, options.repetitionPenalty)
    val first = Scored(listOf(logits.copyOf()))
    return search(Forking(scorer), first, limits, byLength(options.lengthPenalty), end, forbidden)
}
