package edgernn.runtime.translate

import edgernn.runtime.text.BLANKS
import edgernn.runtime.text.textOf

/*
 * What a translation must keep: addresses, variables, inline tags, numbers.
 *
 * Addresses and variables have something go through the model in their place, and are put where that comes out. Where tokens
 * are bytes or characters, it is a number of two digits, which models learn to copy; where they are words, it is the unknown
 * token, placed by the attention (Luong et al. 2015). Numbers of two digits or more go through as they are; a single one that
 * comes out wrong is put right where it stands, otherwise numbers go through in the same way as addresses. A translation
 * counts only where everything is in it once; otherwise the sentence is cut at what must be kept. Inline tags are taken out,
 * and put back where the attention says that the words beside them went.
 *
 * The patterns are those of the Python runtime, with its classes written out: \w and \s differ between engines. Braces are
 * escaped everywhere: Android's engine (ICU) reads some of them otherwise.
 */

private const val W = "\\p{L}\\p{N}_"
private const val D = "\\p{Nd}"
private const val ADDRESS = "(?:(?<![$W])[a-z][a-z0-9+.\\-]{1,15}://|(?<![$W])www\\.)[^$BLANKS<>\"]{0,2000}" +
    "[^$BLANKS<>\"'.,;:!?)\\]\\}\u2019\u201d]" +
    "|[$W.+\\-]{1,64}@[$W\\-]{1,63}(?:\\.[$W\\-]{1,63}){1,8}"
private const val VARIABLE = "\\\$?\\{\\{?[^\\{\\}$BLANKS]{1,80}\\}?\\}|%\\([$W]{1,80}\\)[sdf]|%[sdf](?![$W])|%$D+\\$[sd]"
private const val NUMBER_PATTERN = "$D(?:[$D.,:/'\u00a0\\-]{0,40}$D)"
private val REPLACED = Regex("$ADDRESS|$VARIABLE", RegexOption.IGNORE_CASE)
private val NUMBER = Regex(NUMBER_PATTERN)
private val CUT = Regex("$ADDRESS|$VARIABLE|$NUMBER_PATTERN", RegexOption.IGNORE_CASE)
private val TAG = Regex("</?[A-Za-z][^<>]{0,300}>")
private val NO_DIGIT = Regex("[^$D]")

/** Private characters, each of which may stand for something else. */
private val STAND_INS = 0xF0000 until 0xFFFFE

/** Numbers that may: such as are no hour, day or month; longer ones where these do not do. */
private val SPOKEN = (41..99) + (141..999)

/**
 * A sentence with a character or a number in the place of each thing that must be kept.
 *
 * @property kept what each of them stands for
 */
internal class Masked(val edited: Edited, val kept: Map<String, String>) {
    /** A translation with what they stand for; null where it does not have each of them once. */
    fun restored(text: String): Edited? {
        val changes = kept.map { (one, original) ->
            val place = placesOf(one, text).singleOrNull() ?: return null
            Change(place, place + one.length, original)
        }
        return Edited(text, changes.sortedBy { it.start })
    }

    /** Where it stands; a number not within a longer one. */
    private fun placesOf(one: String, text: String): List<Int> =
        generateSequence(text.indexOf(one)) { text.indexOf(one, it + one.length) }.takeWhile { it >= 0 }
            .filter { !one[0].isDigit() || !(isDigitAt(text, it - 1) || isDigitAt(text, it + one.length)) }.toList()

    private fun isDigitAt(text: String, place: Int): Boolean = when {
        place < 0 || place >= text.length -> false
        text[place].isLowSurrogate() -> Character.isDigit(text.codePointBefore(place + 1))
        else -> Character.isDigit(text.codePointAt(place))
    }
}

/**
 * Puts something that does not occur in a sentence in the place of addresses and variables.
 *
 * @param numbers of numbers with two digits or more too
 * @param spoken numbers of two digits, or of three where there are many; otherwise private characters
 */
internal fun mask(sentence: String, numbers: Boolean, spoken: Boolean): Masked {
    val candidates = if (spoken) SPOKEN.asSequence().map { it.toString() } else STAND_INS.asSequence().map { textOf(it) }
    val free = candidates.filter { it !in sentence }
    // No more things than there are stand-ins for them: what is left is text like any other.
    val found = (if (numbers) CUT else REPLACED).findAll(sentence).zip(free).toList()
    val changes = found.map { (match, one) -> Change(match.range.first, match.range.last + 1, one) }
    return Masked(Edited(sentence, changes), found.associate { (match, one) -> one to match.value })
}

/**
 * A translation with the numbers of its source: where one number of the source is missing and one that the source does not
 * have is there, the model has misspelt it. Several of them might have changed places.
 *
 * @return null where a number is missing and nothing stands for it
 */
internal fun renumbered(source: String, text: String): Edited? {
    val wanted = NUMBER.findAll(source).toList()
    val found = NUMBER.findAll(text).toList()
    val missing = beyond(wanted, found)
    val strange = beyond(found, wanted)
    if (missing.isEmpty()) return Edited(text, emptyList())
    if (missing.size > 1 || strange.size != 1) return null
    return Edited(text, listOf(Change(strange[0].range.first, strange[0].range.last + 1, missing[0].value)))
}

/** Those of some numbers that the others do not have as often. */
private fun beyond(some: List<MatchResult>, others: List<MatchResult>): List<MatchResult> {
    val left = others.groupingBy(::digits).eachCount().toMutableMap()
    return some.filter { number ->
        val count = (left[digits(number)] ?: 0) - 1
        left[digits(number)] = count
        count < 0
    }
}

private fun digits(number: MatchResult): String = number.value.replace(NO_DIGIT, "")

/** The sentence in pieces, and whether each must be kept; they add up to it. */
internal fun cutAtKept(sentence: String): List<Pair<String, Boolean>> = buildList {
    var end = 0
    for (found in CUT.findAll(sentence)) {
        add(sentence.substring(end, found.range.first) to false)
        add(found.value to true)
        end = found.range.last + 1
    }
    add(sentence.substring(end) to false)
}.filter { it.first.isNotEmpty() }

/**
 * A sentence without its inline tags.
 *
 * @property tags place in the text after, and the tag, in order
 */
internal class Untagged(val edited: Edited, val tags: List<Pair<Int, String>>)

/** Takes the inline tags out. */
internal fun untag(sentence: String): Untagged {
    val found = TAG.findAll(sentence).toList()
    var taken = 0
    val tags = found.map { tag -> (tag.range.first - taken to tag.value).also { taken += tag.value.length } }
    return Untagged(Edited(sentence, found.map { Change(it.range.first, it.range.last + 1, "") }), tags)
}

/** A translation with the tags of its source, in their order; [links] are between the source and the translation. */
internal fun retagged(text: String, tags: List<Pair<Int, String>>, links: List<Link>): Edited {
    var least = 0
    return Edited(
        text,
        tags.map { (place, tag) ->
            least = maxOf(least, placeOf(tag, place, text, links))
            Change(least, least, tag)
        },
    )
}

private fun placeOf(tag: String, place: Int, text: String, links: List<Link>): Int = if (tag.startsWith("</")) {
    links.filter { it.source.start < place }.maxOfOrNull { it.target.stop } ?: if (place == 0) 0 else text.length
} else {
    links.filter { it.source.stop > place }.minOfOrNull { it.target.start } ?: text.length
}
