package edgernn.runtime.tag

import edgernn.runtime.text.Span
import edgernn.runtime.text.isDigit
import edgernn.runtime.text.isLetter
import edgernn.runtime.text.isLetterOrNumber
import edgernn.runtime.text.isMark
import edgernn.runtime.text.points
import edgernn.runtime.text.textOf
import java.util.Locale

/** Between two word characters these join; a comma or a colon only between digits ("1,000", "20:30"). */
private const val JOINERS = "-._'\u2019&/@+\u2010\u2011\u00b7"
private const val DIGIT_JOINERS = ",:"
private val ENDS = ".!?\u2026\u3002\uff01\uff1f\u061f\u0964".map { it.toString() }.toSet()
private val CLOSING = "\"')]}\u2019\u201d\u00bb".map { it.toString() }.toSet()

/** Marks of which a row is one: an ellipsis, a rule. */
private const val ROWS = ".-*=_~\u2026!?"
private const val JOINER = 0x200D
private const val KEYCAP = 0x20E3
private const val BYTE_ORDER_MARK = 0xFEFF

/** Characters [start] up to [end] (not included, UTF-16 units) of a text. */
data class Word(val text: String, val start: Int, val end: Int)

/**
 * The words, numbers, marks and symbols of a text.
 *
 * Combining characters stay with what they change, and emoji are whole. Chinese, Japanese and the like, whose words nothing
 * separates, come character by character.
 *
 * @param clitics endings to cut off
 * @param isKnown whether a word with the period behind it is an abbreviation
 */
internal fun wordsOf(text: String, clitics: List<String> = emptyList(), isKnown: (String) -> Boolean = { false }): List<Word> {
    val found = ArrayList<Word>()
    for (span in Cutter(text).cuts()) {
        var start = span.start
        val word = text.substring(start, span.stop)
        val last = found.lastOrNull()
        if (clitics.isNotEmpty() && isLetter(text.codePointAt(start))) {
            val cut = cliticOf(word, clitics)
            if (cut > 0) {
                found += Word(word.substring(0, cut), start, start + cut)
                start += cut
            }
        } else if (word == "." && last != null && last.end == start && isKnown(last.text + ".")) {
            found.removeAt(found.size - 1)
            start = last.start
        }
        found += Word(text.substring(start, span.stop), start, span.stop)
    }
    return found
}

/** The words by sentence: one ends at its mark, if white space follows, and at an empty line. */
internal fun sentencesOf(text: String, words: List<Word>): List<List<Word>> {
    val sentences = ArrayList<ArrayList<Word>>()
    var ended = false
    words.forEachIndexed { number, word ->
        val before = if (number > 0) text.substring(words[number - 1].end, word.start) else ""
        val begins = before.count { it == '\n' } > 1 || (ended && before.isNotEmpty() && word.text !in CLOSING)
        if (sentences.isEmpty() || begins) sentences += ArrayList<Word>()
        sentences.last() += word
        ended = word.text in ENDS || (ended && word.text in CLOSING)
    }
    return sentences
}

/** Where the clitic at a word's end begins, UTF-16 units; 0: there is none. */
private fun cliticOf(word: String, clitics: List<String>): Int {
    val plain = word.lowercase(Locale.ROOT).replace('\u2019', '\'')
    if (plain.points != word.points) return 0
    val clitic = clitics.firstOrNull { plain.endsWith(it) && plain.points > it.points } ?: return 0
    return word.offsetByCodePoints(0, plain.points - clitic.points)
}

/** Cuts a text, code point by code point. */
private class Cutter(text: String) {
    private val points = points(text)

    /** Where each code point begins in the text, and where it ends. */
    private val places = IntArray(points.size + 1).also { all ->
        points.forEachIndexed { n, point -> all[n + 1] = all[n] + Character.charCount(point) }
    }

    fun cuts(): List<Span> = buildList {
        var place = 0
        while (place < points.size) {
            val start = place
            place = when {
                isGap(points[place]) -> place + 1
                isWord(points[place]) -> endOfWord(place)
                else -> endOfSymbol(place)
            }
            if (!isGap(points[start])) add(Span(places[start], places[place]))
        }
    }

    private fun endOfWord(start: Int): Int {
        val alone = standsAlone(points[start])
        var place = start + 1
        while (place < points.size && goesOn(place, alone)) place++
        return place
    }

    private fun goesOn(place: Int, alone: Boolean): Boolean {
        val here = points[place]
        return when {
            isMark(here) -> true
            alone -> false
            isWord(here) -> !standsAlone(here)
            else -> place + 1 < points.size && joins(points[place - 1], here, points[place + 1])
        }
    }

    private fun joins(before: Int, here: Int, after: Int): Boolean {
        if (here.isIn(JOINERS)) return isWord(after) && !standsAlone(after)
        return here.isIn(DIGIT_JOINERS) && isDigit(before) && isDigit(after)
    }

    /** Behind a mark or symbol with what belongs to it: an emoji's colour, its other parts, a flag's second letter. */
    private fun endOfSymbol(start: Int): Int {
        val first = points[start]
        var place = start + 1
        if (isFlagLetter(first) && place < points.size && isFlagLetter(points[place])) place++
        while (place < points.size) {
            val here = points[place]
            val joined = here == JOINER && place + 1 < points.size && !isGap(points[place + 1])
            val more = here == JOINER || here == KEYCAP || isMark(here) || here in 0x1F3FB..0x1F3FF ||
                (here == first && first.isIn(ROWS))
            if (!joined && !more) break
            place += if (joined) 2 else 1
        }
        return place
    }

    private fun Int.isIn(set: String): Boolean = this < 0x10000 && toChar() in set

    private fun isWord(point: Int): Boolean = isLetterOrNumber(point) || isMark(point)

    private fun isFlagLetter(point: Int): Boolean = point in 0x1F1E6..0x1F1FF

    private fun isGap(point: Int): Boolean = edgernn.runtime.text.isBlank(point) || point == BYTE_ORDER_MARK ||
        when (Character.getType(point)) {
            Character.CONTROL.toInt(), Character.SPACE_SEPARATOR.toInt(), Character.LINE_SEPARATOR.toInt(),
            Character.PARAGRAPH_SEPARATOR.toInt(),
            -> true
            else -> false
        }

    /** Ideographs and kana. */
    private fun standsAlone(point: Int): Boolean =
        point in 0x3040..0x30FF || point in 0x3400..0x4DBF || point in 0x4E00..0x9FFF || point in 0xF900..0xFAFF ||
            point in 0x20000..0x3FFFF
}

/** A word's text of some of its code points. */
internal fun textOf(points: List<Int>): String = points.joinToString("") { textOf(it) }
