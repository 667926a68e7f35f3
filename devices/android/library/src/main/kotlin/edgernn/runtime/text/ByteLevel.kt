package edgernn.runtime.text

import java.io.ByteArrayOutputStream

/*
 * GPT-2's table: every byte as a printable character, so that a vocabulary of characters covers any text.
 */

private val CHARACTERS: CharArray = run {
    var others = 0x100
    CharArray(256) { byte ->
        if (byte in 0x21..0x7E || byte in 0xA1..0xAC || byte in 0xAE..0xFF) byte.toChar() else (others++).toChar()
    }
}
private val BYTES: Map<Char, Int> = CHARACTERS.withIndex().associate { it.value to it.index }

/** The UTF-8 bytes of a text, each as its character. */
internal fun toByteCharacters(text: String): String {
    val data = text.toByteArray(Charsets.UTF_8)
    return String(CharArray(data.size) { CHARACTERS[data[it].toInt() and 0xFF] })
}

/** The bytes of [toByteCharacters]; characters that stand for no byte as their UTF-8. */
internal fun fromByteCharacters(characters: String): ByteArray {
    val found = ByteArrayOutputStream(characters.length)
    for (point in points(characters)) {
        val byte = if (point < 0x10000) BYTES[point.toChar()] else null
        if (byte != null) found.write(byte) else found.write(textOf(point).toByteArray(Charsets.UTF_8))
    }
    return found.toByteArray()
}
