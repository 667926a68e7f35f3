package edgernn.runtime.text

/*
 * What Python's strings say of characters, so that texts are cut alike on every device. Java and Android differ from it in
 * white space and in digits; both are written out here. The categories of rare characters follow the device's own version
 * of Unicode.
 */

/** `str.isspace`: white space, and the separators U+001C to U+001F. */
internal fun isBlank(point: Int): Boolean =
    point in 9..13 || point in 0x1C..0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 || point in 0x2000..0x200A ||
        point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000

/** [isBlank] for patterns, between square brackets. */
internal const val BLANKS =
    "\\x{9}-\\x{d}\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

/** `str.isalpha` of one character. */
internal fun isLetter(point: Int): Boolean = Character.isLetter(point)

/** `str.isalnum` of one character. */
internal fun isLetterOrNumber(point: Int): Boolean = Character.isLetter(point) || when (Character.getType(point)) {
    Character.DECIMAL_DIGIT_NUMBER.toInt(), Character.LETTER_NUMBER.toInt(), Character.OTHER_NUMBER.toInt() -> true
    else -> false
}

/** `str.isdigit` of one character: decimal digits, and those that stand raised or in circles. */
internal fun isDigit(point: Int): Boolean = Character.isDigit(point) || OTHER_DIGITS.any { point in it }

private val OTHER_DIGITS = listOf(
    0xB2..0xB3, 0xB9..0xB9, 0x1369..0x1371, 0x19DA..0x19DA, 0x2070..0x2070, 0x2074..0x2079, 0x2080..0x2089,
    0x2460..0x2468, 0x2474..0x247C, 0x2488..0x2490, 0x24EA..0x24EA, 0x24F5..0x24FD, 0x24FF..0x24FF, 0x2776..0x277E,
    0x2780..0x2788, 0x278A..0x2792, 0x10A40..0x10A43, 0x10E60..0x10E68, 0x11052..0x1105A, 0x1F100..0x1F10A,
)

/** Whether a character changes the one before it (categories Mn, Mc, Me). */
internal fun isMark(point: Int): Boolean = when (Character.getType(point)) {
    Character.NON_SPACING_MARK.toInt(), Character.COMBINING_SPACING_MARK.toInt(), Character.ENCLOSING_MARK.toInt() -> true
    else -> false
}

/** `str.islower`: some letter has a case, and none is upper or title case. */
internal fun isLower(text: String): Boolean = points(text).let { all ->
    all.any { Character.isLowerCase(it) } && all.none { Character.isUpperCase(it) || Character.isTitleCase(it) }
}

/** `str.isupper`: some letter has a case, and none is lower or title case. */
internal fun isUpper(text: String): Boolean = points(text).let { all ->
    all.any { Character.isUpperCase(it) } && all.none { Character.isLowerCase(it) || Character.isTitleCase(it) }
}

/** `str.strip`. */
internal fun String.stripped(): String = trim { isBlank(it.code) }

/** `str.lstrip`. */
internal fun String.strippedLeft(): String = trimStart { isBlank(it.code) }

/** `str.rstrip`. */
internal fun String.strippedRight(): String = trimEnd { isBlank(it.code) }

/** The code points of a text. */
internal fun points(text: String): IntArray {
    val found = IntArray(text.codePointCount(0, text.length))
    var place = 0
    for (number in found.indices) {
        found[number] = text.codePointAt(place)
        place += Character.charCount(found[number])
    }
    return found
}

/** Number of code points: what Python calls the length. */
internal val String.points: Int get() = codePointCount(0, length)

/** A text of one code point. */
internal fun textOf(point: Int): String = String(Character.toChars(point))
