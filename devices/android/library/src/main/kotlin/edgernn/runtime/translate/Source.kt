package edgernn.runtime.translate

import edgernn.runtime.decode.argmax
import edgernn.runtime.decode.meanOf
import edgernn.runtime.text.BLANKS
import edgernn.runtime.text.PieceDecoder
import edgernn.runtime.text.Span
import edgernn.runtime.text.strippedLeft
import edgernn.runtime.text.textOf
import edgernn.runtime.text.wordsWithTokens

/** Models leave a part out of sentences that are longer than those they have learnt from; so short ones are never cut. */
internal const val LONG = 32

/** Words that go by themselves ("do", "the") get little attention, but not so many in a row. */
private const val LOOKED_AT = 0.3
private const val ROW = 8
private val WITH_BLANK = Regex("[$BLANKS]*[^$BLANKS]+")

/**
 * A source as the model reads it.
 *
 * @property words for each token the characters of the word that it belongs to
 * @property stoodFor places of the tokens that stand for something
 */
internal class SourceText(val text: String, val ids: List<Int>, val words: List<Span>, val stoodFor: List<Int>) {
    /**
     * What comes in the place of an unknown token: what a token stands for, or the word, that got most attention.
     *
     * @param used places of tokens that have come; one more is put into it
     */
    fun copied(attention: FloatArray, used: MutableSet<Int>): String {
        val left = stoodFor.filter { it !in used && it < attention.size }
        val span = when {
            left.isNotEmpty() -> {
                val place = left[argmax(FloatArray(left.size) { attention[left[it]] })]
                used += place
                words[place]
            }
            words.isEmpty() -> return ""
            else -> mostAttended(attention, words).first
        }
        return text.substring(span.start, span.stop)
    }
}

/**
 * Tokenizes a source.
 *
 * @param standIns characters that stand for something: each is read as the unknown token
 * @param longest tokens that are read at most
 * @param byWord whether to find out which word each token belongs to, which takes time; otherwise each belongs to all
 */
internal fun readSource(
    text: String,
    encode: (String) -> IntArray,
    standIns: Set<String>,
    unknown: Int,
    longest: Int,
    byWord: Boolean,
): SourceText {
    val ids = ArrayList<Int>()
    val words = ArrayList<Span>()
    val stoodFor = ArrayList<Int>()
    var start = 0
    for (standIn in placesOf(text, standIns) + Span(text.length, text.length)) {
        val piece = text.substring(start, standIn.start)
        val part = if (piece.isEmpty()) IntArray(0) else encode(piece)
        ids += part.toList()
        words += if (byWord) tokenWords(piece, encode, part).map { it.moved(start) } else part.map { Span(start, standIn.start) }
        if (standIn.start < text.length) {
            stoodFor += ids.size
            ids += unknown
            words += standIn
        }
        start = standIn.stop
    }
    return SourceText(text, ids.take(longest), words.take(longest), stoodFor.filter { it < longest })
}

private fun placesOf(text: String, standIns: Set<String>): List<Span> = buildList {
    var place = 0
    while (place < text.length && standIns.isNotEmpty()) {
        val one = textOf(text.codePointAt(place))
        if (one in standIns) add(Span(place, place + one.length))
        place += one.length
    }
}

/**
 * For each token of a text the characters of the word that it belongs to. Words are encoded one by one; where that gives
 * other tokens than the whole text, each belongs to all of it.
 */
internal fun tokenWords(text: String, encode: (String) -> IntArray, ids: IntArray): List<Span> {
    val spans = ArrayList<Span>()
    val found = ArrayList<Int>()
    for (word in WITH_BLANK.findAll(text)) {
        val part = encode(word.value)
        val end = word.range.last + 1
        found += part.toList()
        repeat(part.size) { spans += Span(end - word.value.strippedLeft().length, end) }
    }
    return if (found == ids.toList()) spans else List(ids.size) { Span(0, text.length) }
}

/**
 * Whether a translation leaves out a part of a long source: eight tokens in a row that it has not looked at.
 *
 * @param attention [tokens written][source or more]
 * @param tokens of the source
 */
internal fun leavesOut(attention: List<FloatArray>, tokens: Int): Boolean {
    if (tokens < LONG) return false
    var row = 0
    for (place in 0 until minOf(tokens, attention[0].size)) {
        row = if (attention.sumOf { it[place].toDouble() } < LOOKED_AT) row + 1 else 0
        if (row == ROW) return true
    }
    return false
}

/** The word of the source that got most attention, and how much. */
internal fun mostAttended(attention: FloatArray, words: List<Span>): Pair<Span, Double> {
    val totals = LinkedHashMap<Span, Double>()
    for (place in 0 until minOf(attention.size, words.size)) {
        totals[words[place]] = (totals[words[place]] ?: 0.0) + attention[place]
    }
    val best = totals.entries.reduce { most, one -> if (one.value > most.value) one else most }
    return best.key to Math.rint(best.value * 1e6) / 1e6
}

/**
 * A link for each word of a translation.
 *
 * @param tokens characters of the translation that each of its tokens wrote
 * @param attention [tokens][source], or null
 * @param words of the source, as [tokenWords] gives them
 */
internal fun linksOf(text: String, tokens: List<Span>, attention: List<FloatArray>?, words: List<Span>): List<Link> {
    if (attention == null || words.isEmpty()) return emptyList()
    return wordsWithTokens(text, tokens).map { (word, rows) ->
        val (source, weight) = mostAttended(meanOf(rows.map { attention[it] }), words)
        Link(source, word, weight)
    }
}

/**
 * Tokens of the target as text, token by token.
 *
 * @param unknown the token in whose place comes what [SourceText.copied] finds by the attention
 * @param blankBefore whether a blank comes before that: where tokens are words, it is part of them
 */
internal class Speaker(
    private val decoder: PieceDecoder,
    private val unknown: Int,
    private val blankBefore: Boolean,
    private val source: SourceText,
) {
    private val used = HashSet<Int>()
    private var length = 0

    /** Characters that each token has written. */
    val spans = ArrayList<Span>()

    /** The text that a token adds. */
    fun feed(token: Int, attention: FloatArray?): String {
        val own = decoder.feed(token)
        val added = if (token == unknown) copied(attention) else own
        val text = if (length == 0) added.strippedLeft() else added
        spans += Span(length, length + text.length)
        length += text.length
        return text
    }

    /** What is left at the end. */
    fun finish(): String = decoder.finish()

    private fun copied(attention: FloatArray?): String {
        val text = if (attention == null) "" else source.copied(attention, used)
        return if (length > 0 && blankBefore) " $text" else text
    }
}
