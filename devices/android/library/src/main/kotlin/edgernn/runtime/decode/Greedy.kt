package edgernn.runtime.decode

/**
 * A token of a sequence.
 *
 * @property token the one that ends the sequence is the last
 * @property logProbability natural
 * @property attention [source], or null
 */
internal class Chosen(val token: Int, val logProbability: Double, val attention: FloatArray?)

/** The likeliest tokens as they are found, of equal ones those with the lower id; the arguments are those of [search]. */
internal fun greedy(
    scorer: BatchScorer,
    first: Scored,
    limits: Limits,
    end: Int?,
    forbidden: Collection<Int>,
): Sequence<Chosen> = sequence {
    val deadline = Deadline(limits.maxSeconds)
    var scored = first
    for (turn in 0 until limits.maxTokens) {
        if (deadline.isOver) return@sequence
        val logits = scored.logits[0]
        forbidden.forEach { logits[it] = Float.NEGATIVE_INFINITY }
        val token = argmax(logits)
        yield(Chosen(token, logits[token] - logNormalizer(logits), scored.attention?.get(0)))
        if (token == end) return@sequence
        if (turn + 1 < limits.maxTokens) scored = scorer.step(intArrayOf(0), intArrayOf(token))
    }
}

/** The best first; with one beam the likeliest token, again and again. The arguments are those of [search]. */
internal fun bestSequences(
    scorer: BatchScorer,
    first: Scored,
    limits: Limits,
    score: Score,
    end: Int,
    forbidden: Collection<Int>,
): List<Hypothesis> {
    if (limits.beams > 1) return search(scorer, first, limits, score, end, forbidden)
    return listOf(hypothesis(greedy(scorer, first, limits, end, forbidden).toList(), end, score))
}

private fun hypothesis(chosen: List<Chosen>, end: Int, score: Score): Hypothesis {
    val ended = chosen.lastOrNull()?.token == end
    val said = if (ended) chosen.dropLast(1) else chosen
    val rows = chosen.mapNotNull { it.attention }
    val total = chosen.sumOf { it.logProbability }
    val attention = if (said.isNotEmpty() && rows.isNotEmpty()) rows.take(said.size) else null
    return Hypothesis(said.map { it.token }, total, score(total, chosen.size, summed(rows)), ended, attention)
}
