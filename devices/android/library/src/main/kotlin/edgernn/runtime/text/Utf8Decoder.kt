package edgernn.runtime.text

private const val REPLACEMENT = 0xFFFD

/**
 * Text out of UTF-8 bytes as they come: a character is passed on when it is whole.
 *
 * Of what is no UTF-8 the longest part that might have become a character is one U+FFFD, as in Python (Unicode's practice
 * of maximal subparts).
 */
internal class Utf8Decoder {
    private var missing = 0
    private var point = 0
    private var low = 0x80
    private var high = 0xBF

    /** The text that these bytes make whole. */
    fun feed(data: ByteArray): String {
        val found = StringBuilder()
        data.forEach { take(it.toInt() and 0xFF, found) }
        return found.toString()
    }

    /** What is left at the end, as U+FFFD. */
    fun finish(): String = if (missing > 0) textOf(REPLACEMENT).also { missing = 0 } else ""

    private fun take(byte: Int, found: StringBuilder) {
        if (missing == 0) return begin(byte, found)
        if (byte !in low..high) {
            missing = 0
            found.appendCodePoint(REPLACEMENT)
            return begin(byte, found)
        }
        point = (point shl 6) or (byte and 0x3F)
        low = 0x80
        high = 0xBF
        missing--
        if (missing == 0) found.appendCodePoint(point)
    }

    private fun begin(byte: Int, found: StringBuilder) {
        low = 0x80
        high = 0xBF
        when (byte) {
            in 0x00..0x7F -> found.append(byte.toChar())
            in 0xC2..0xDF -> expect(1, byte and 0x1F)
            in 0xE0..0xEF -> {
                if (byte == 0xE0) low = 0xA0
                if (byte == 0xED) high = 0x9F
                expect(2, byte and 0x0F)
            }
            in 0xF0..0xF4 -> {
                if (byte == 0xF0) low = 0x90
                if (byte == 0xF4) high = 0x8F
                expect(3, byte and 0x07)
            }
            else -> found.appendCodePoint(REPLACEMENT)
        }
    }

    private fun expect(more: Int, bits: Int) {
        missing = more
        point = bits
    }
}
