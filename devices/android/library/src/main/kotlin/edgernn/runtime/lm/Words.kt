package edgernn.runtime.lm

import edgernn.runtime.decode.greatest
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.isBlank
import edgernn.runtime.text.isLetterOrNumber
import edgernn.runtime.text.stripped
import kotlin.math.abs
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.ln1p

/** Of words that are made of several tokens: beginnings that are followed, and tokens that a word has at most. */
private const val BEAMS = 12
private const val LONGEST = 24
private val WHOLE_LEVELS = listOf("blank", "word")

/**
 * A word that may come.
 *
 * @property text the whole word, what has been typed of it included
 * @property score its probability, 0 to 1
 * @property completes whether it goes on the word that is being typed; otherwise it follows it
 */
data class Suggestion(val text: String, val score: Double, val completes: Boolean = false)

/**
 * A text that is being typed.
 *
 * @property before what the model reads: without the word that is being typed and the blank before it
 * @property partial what has been typed of a word
 * @property blank whether a blank lies between the two
 */
internal class Typed(val before: String, val partial: String, val blank: Boolean)

/** Whether a character is part of words: letters, digits, apostrophes. */
private fun isWordCharacter(point: Int): Boolean = isLetterOrNumber(point) || point == '\''.code || point == 0x2019 || point == '_'.code

/** Divides a text at the beginning of its last word. */
internal fun typed(text: String): Typed {
    var cut = text.length
    while (cut > 0) {
        val point = text.codePointBefore(cut)
        if (!isWordCharacter(point)) break
        cut -= Character.charCount(point)
    }
    val before = text.substring(0, cut)
    return Typed(before.removeSuffix(" "), text.substring(cut), before.endsWith(" "))
}

/**
 * Words out of tokens: completes the one that is being typed, and predicts the next one.
 *
 * @param pieces what tokens are in a text
 * @param level what a token is
 * @param forbidden tokens that are no text
 */
internal class Words(private val pieces: Pieces, private val level: String, private val forbidden: List<Int>) {
    private class Beam(val total: Double, val word: String, val reading: Reading, val logits: FloatArray)

    private class Grown(val total: Double, val word: String, val token: Int, val from: Reading)

    private val texts = pieces.texts

    /** Tokens that are text by their texts, so that equal beginnings stand together. */
    private val sorted: IntArray by lazy { allowed.sortedBy { texts[it] }.toIntArray() }

    /** Whether a token is no white space alone. */
    private val visible: BooleanArray by lazy { BooleanArray(texts.size) { texts[it].any { c -> !isBlank(c.code) } } }

    /** Tokens that are text. */
    private val allowed: IntArray by lazy { texts.indices.filter { it !in forbidden }.toIntArray() }

    /** Tokens that cannot go on a word. */
    private val boundary: IntArray by lazy { texts.indices.filter(::begins).toIntArray() }

    /** Tokens that can. */
    private val inner: IntArray by lazy { allowed.filter { !begins(it) }.toIntArray() }

    private fun begins(token: Int) = texts[token].isEmpty() || !isWordCharacter(texts[token].codePointAt(0))

    /**
     * The k most probable words, the most probable first.
     *
     * @param reading of `text.before`
     * @param text what has been typed
     */
    fun suggest(reading: Reading, text: Typed, k: Int): List<Suggestion> {
        // Where tokens stand between blanks, blanks are no tokens.
        val prefix = (if (text.blank && level != "blank") " " else "") + text.partial
        val found = if (level in WHOLE_LEVELS) wholeTokens(reading, prefix, k) else inPieces(reading, prefix, k)
        return found.map { (word, log) -> Suggestion(word.trim(' '), exp(log), text.partial.isNotEmpty()) }
    }

    private fun wholeTokens(reading: Reading, prefix: String, k: Int): List<Pair<String, Double>> {
        val logs = logSoftmax(reading.logits)
        val isBlank = prefix.stripped().isEmpty()
        val all = if (prefix.isEmpty()) allowed else beginningWith(prefix)
        val candidates = if (isBlank) all.filter { visible[it] }.toIntArray() else all
        if (candidates.isEmpty()) return emptyList()
        // Of what begins with what was typed, the shares; of all, the probabilities.
        val whole = if (isBlank) 0.0 else logSum(logs, candidates)
        return best(candidates, logs, k).sortedWith(compareByDescending<Int> { logs[it] }.thenBy { it })
            .map { texts[it] to logs[it] - whole }
    }

    private fun best(candidates: IntArray, logs: DoubleArray, k: Int): List<Int> =
        greatest(DoubleArray(candidates.size) { logs[candidates[it]] }, k).map { candidates[it] }

    /** Tokens whose text begins with [prefix]. */
    private fun beginningWith(prefix: String): IntArray {
        var low = 0
        var high = sorted.size
        while (low < high) {
            val middle = (low + high) / 2
            if (texts[sorted[middle]] < prefix) low = middle + 1 else high = middle
        }
        high = low
        while (high < sorted.size && texts[sorted[high]].startsWith(prefix)) high++
        return sorted.copyOfRange(low, high)
    }

    /** A beam search over tokens that agree with the prefix, each word up to where the next one may begin. */
    private fun inPieces(reading: Reading, prefix: String, k: Int): List<Pair<String, Double>> {
        var beams = listOf(Beam(0.0, "", reading.fork(), reading.logits))
        val found = LinkedHashMap<String, Double>()
        repeat(LONGEST) {
            val grown = ArrayList<Grown>()
            for (beam in beams) {
                val logs = logSoftmax(beam.logits)
                if (beam.word.length >= prefix.length && beam.word.stripped().isNotEmpty()) {
                    val ends = logSum(logs, boundary)
                    found[beam.word] = logAdd(found[beam.word] ?: Double.NEGATIVE_INFINITY, beam.total + ends)
                }
                next(beam.word, prefix, logs).mapTo(grown) { Grown(beam.total + logs[it], beam.word, it, beam.reading) }
            }
            val worst = found.values.sortedDescending().getOrElse(k - 1) { Double.NEGATIVE_INFINITY }
            val kept = grown.sortedByDescending { it.total }.take(BEAMS).filter { it.total > worst }
            if (kept.isEmpty()) return ranked(found, prefix, k)
            beams = kept.map { one ->
                val own = one.from.fork()
                Beam(one.total, one.word + texts[one.token], own, own.step(one.token))
            }
        }
        return ranked(found, prefix, k)
    }

    private fun ranked(found: Map<String, Double>, prefix: String, k: Int): List<Pair<String, Double>> {
        // Of what begins with what was typed, the shares among those found.
        val shares = found.values.toDoubleArray()
        val whole = if (prefix.stripped().isEmpty() || found.isEmpty()) 0.0 else logSum(shares, IntArray(shares.size) { it })
        return found.entries.sortedWith(compareByDescending<Map.Entry<String, Double>> { it.value }.thenBy { it.key }).take(k)
            .map { it.key to it.value - whole }
    }

    /** The best tokens that agree with the prefix and do not begin another word. */
    private fun next(word: String, prefix: String, logs: DoubleArray): List<Int> {
        val left = prefix.drop(word.length)
        val ids = when {
            left.isNotEmpty() -> beginningWith(left) + (1 until left.length).flatMap { size ->
                beginningWith(left.substring(0, size)).filter { texts[it].length == size }
            }
            word.isNotEmpty() -> inner
            else -> allowed
        }
        return if (ids.isEmpty()) emptyList() else best(ids, logs, BEAMS)
    }
}

/** Natural logarithms of the probabilities. */
private fun logSoftmax(logits: FloatArray): DoubleArray {
    val most = logits.max().toDouble()
    val whole = ln(logits.sumOf { exp(it.toDouble() - most) })
    return DoubleArray(logits.size) { logits[it].toDouble() - most - whole }
}

/** Logarithm of the sum of exponentials at these places. */
private fun logSum(logs: DoubleArray, places: IntArray): Double {
    val most = places.maxOfOrNull { logs[it] } ?: Double.NEGATIVE_INFINITY
    return if (most == Double.NEGATIVE_INFINITY) most else most + ln(places.sumOf { exp(logs[it] - most) })
}

private fun logAdd(one: Double, other: Double): Double =
    if (one == other) one + ln(2.0) else maxOf(one, other) + ln1p(exp(-abs(one - other)))
