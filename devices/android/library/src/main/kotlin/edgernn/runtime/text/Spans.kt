package edgernn.runtime.text

/** Characters (UTF-16 units of a Kotlin string) `start` up to `stop`, which is not included. */
data class Span(val start: Int, val stop: Int) {
    internal fun moved(by: Int) = Span(start + by, stop + by)

    internal fun until(end: Int) = Span(minOf(start, end), minOf(stop, end))
}

private val WORD = Regex("[^$BLANKS]+")

/**
 * Each word and the numbers of the tokens that wrote it; words without any are left out.
 *
 * @param text words stand between blanks
 * @param tokens characters that each of its tokens wrote, maybe none
 */
internal fun wordsWithTokens(text: String, tokens: List<Span>): List<Pair<Span, List<Int>>> =
    WORD.findAll(text).map { it.range.first to it.range.last + 1 }.mapNotNull { (first, end) ->
        val found = tokens.indices.filter { tokens[it].start < end && maxOf(tokens[it].stop, tokens[it].start + 1) > first }
        if (found.isEmpty()) null else Span(first, end) to found
    }.toList()
