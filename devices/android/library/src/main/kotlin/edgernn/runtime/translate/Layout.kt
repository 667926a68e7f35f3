package edgernn.runtime.translate

import edgernn.runtime.text.BLANKS
import edgernn.runtime.text.isUpper
import edgernn.runtime.text.points
import edgernn.runtime.text.strippedLeft
import java.util.Locale
import kotlin.math.abs

/*
 * Cuts a text into sentences and what stands between them; together they are the text again.
 *
 * A sentence ends at . ! ? or an ellipsis, with what closes behind it, before a blank and what may begin a sentence; and at
 * the full-width marks of Chinese and Japanese. Line breaks, tabs, runs of blanks, tags of blocks (<p>), bullets and the
 * numbers of list items are layout. A period behind a single capital letter or one of a few abbreviations ends no sentence.
 */

private const val BLOCKS = "br|p|div|li|ul|ol|h[1-6]|hr|table|tr|td|th|pre|section|article|header|footer|blockquote"

/** [BLANKS] without the two line ends. */
private const val BLANKS_IN_LINE =
    "\\x{9}\\x{b}\\x{c}\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

/** Line breaks of every kind, tabs, and two blanks or more; blanks around them belong to them. */
private val LAYOUT = Regex(
    "[$BLANKS]*</?(?:$BLOCKS)(?:[$BLANKS/][^<>]{0,300})?>[$BLANKS]*" +
        "|[$BLANKS_IN_LINE]*[\\x{9}-\\x{d}\\x{1c}-\\x{1f}\\x{85}\\x{2028}\\x{2029}][$BLANKS]*" +
        "|[$BLANKS]{2,}|^[$BLANKS]+|[$BLANKS]+\\z",
    RegexOption.IGNORE_CASE,
)
private val BULLET = Regex("(?:[-*+\u2022\u2013\u2014>#]+|\\(?\\p{Nd}{1,3}[.)]|[A-Za-z][.)])[$BLANKS]+")
private const val CLOSING = "\"'\u2019\u201d\u00bb)\\]\\}"
private val END = Regex(
    "(?<![.!?\u2026])[.!?\u2026]+[$CLOSING]*(?=[$BLANKS]+[^a-z$BLANKS])" +
        "|[\u3002\uff01\uff1f]+[\u300d\u300f\uff09]*(?=[^$BLANKS])",
)
private val ABBREVIATIONS = setOf(
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "fig", "vol", "approx", "sra",
    "srta", "dra", "ud", "uds", "p\u00e1g", "n\u00fam", "gen", "col", "lt", "sgt", "rev", "z.b", "bzw", "usw",
)

/** Longer than every abbreviation. */
private const val LOOK_BACK = 12
private val LAST_WORD = Regex("[^$BLANKS(\\[\"']+\\z")
private val CLAUSE = Regex("[;:,\u2014\u2013\u060c\u3001\uff0c\uff1b][$BLANKS]*")
private val BLANK_RUN = Regex("[$BLANKS]+")

/** A piece of a text: a sentence is to be translated, the rest is layout. */
internal data class Part(val text: String, val isSentence: Boolean)

/** The parts of a text in their order; their texts add up to it. */
internal fun partsOf(text: String): List<Part> = buildList {
    var end = 0
    for (gap in LAYOUT.findAll(text)) {
        addAll(lineParts(text.substring(end, gap.range.first)))
        add(Part(gap.value, false))
        end = gap.range.last + 1
    }
    addAll(lineParts(text.substring(end)))
}.filter { it.text.isNotEmpty() }

private fun lineParts(whole: String): List<Part> = buildList {
    val bullet = BULLET.matchAt(whole, 0)?.value.orEmpty()
    if (bullet.isNotEmpty()) add(Part(bullet, false))
    val line = whole.substring(bullet.length)
    var start = 0
    for (mark in END.findAll(line)) {
        val before = line.substring(maxOf(start, back(line, mark.range.first)), mark.range.first)
        if (isAbbreviation(before, mark.value)) continue
        val end = mark.range.last + 1
        add(Part(line.substring(start, end), true))
        start = line.length - line.substring(end).strippedLeft().length
        add(Part(line.substring(end, start), false))
    }
    add(Part(line.substring(start), true))
}

/** So many characters (code points) before a place. */
private fun back(line: String, place: Int): Int =
    line.offsetByCodePoints(place, -minOf(LOOK_BACK, line.codePointCount(0, place)))

private fun isAbbreviation(before: String, mark: String): Boolean {
    val word = if (mark == ".") LAST_WORD.find(before)?.value else null
    return word != null && ((word.points == 1 && isUpper(word)) || word.lowercase(Locale.ROOT) in ABBREVIATIONS)
}

/**
 * The pieces of a sentence that is too long: cut at clause marks, else at blanks, else anywhere.
 *
 * @param fits whether a piece is short enough; true of any single character
 * @return pieces that add up to the sentence
 */
internal fun shortened(sentence: String, fits: (String) -> Boolean): List<String> {
    val waiting = ArrayDeque(listOf(sentence))
    val found = ArrayList<String>()
    while (waiting.isNotEmpty()) {
        val piece = waiting.removeLast()
        if (piece.points <= 1 || fits(piece)) {
            found += piece
        } else {
            val (first, second) = halved(piece)
            waiting.addLast(second)
            waiting.addLast(first)
        }
    }
    return found
}

/** Two pieces of a text of two characters or more: cut at a clause mark, else at a blank, else in the middle. */
internal fun halved(text: String): Pair<String, String> {
    val place = middleCut(text)
    return text.substring(0, place) to text.substring(place)
}

/** The best place for a cut, in the middle half of the text. */
private fun middleCut(text: String): Int {
    val count = text.points
    val low = text.offsetByCodePoints(0, count / 4)
    val high = text.offsetByCodePoints(0, count - count / 4)
    for (pattern in listOf(CLAUSE, BLANK_RUN)) {
        val places = pattern.findAll(text.substring(0, high), low).map { it.range.last + 1 }
            .filter { it > 0 && it < text.length }.toList()
        places.minByOrNull { abs(text.codePointCount(0, it) - count / 2) }?.let { return it }
    }
    return text.offsetByCodePoints(0, count / 2)
}
