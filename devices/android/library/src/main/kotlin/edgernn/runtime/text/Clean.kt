package edgernn.runtime.text

private const val REPLACEMENT = '\uFFFD'

/** The first so many characters (code points) of a text, lone surrogates read as U+FFFD. */
internal fun cleanText(text: String, maxChars: Int = Int.MAX_VALUE): String {
    val cut = if (text.points > maxChars) text.substring(0, text.offsetByCodePoints(0, maxChars)) else text
    if (cut.none { it.isSurrogate() }) return cut
    val found = StringBuilder(cut)
    var place = 0
    while (place < found.length) {
        val width = Character.charCount(found.codePointAt(place))
        if (width == 1 && found[place].isSurrogate()) found.setCharAt(place, REPLACEMENT)
        place += width
    }
    return found.toString()
}
