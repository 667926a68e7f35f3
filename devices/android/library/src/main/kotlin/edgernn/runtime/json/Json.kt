package edgernn.runtime.json

/** What is wrong with a JSON text, and at which character. */
class JsonError(message: String) : Exception(message)

/**
 * Reads JSON (RFC 8259), and nothing that merely looks like it.
 *
 * One small parser for the desktop's JVM and for Android, so that both read a file alike. Of equal keys the last one
 * counts, as in Python.
 */
object Json {
    /**
     * Objects become maps in the text's order, lists lists, whole numbers Long (Double beyond 64 bits), others Double.
     *
     * @throws JsonError it is not JSON
     */
    fun parse(text: String): Any? = Reader(text).document()

    /** As [parse], of UTF-8. */
    fun parse(data: ByteArray): Any? = parse(utf8(data) ?: throw JsonError("not UTF-8"))
}

/** Text of UTF-8 bytes; null where they are none. */
fun utf8(data: ByteArray): String? = try {
    Charsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(data)).toString()
} catch (_: java.nio.charset.CharacterCodingException) {
    null
}

/** Deeper documents are refused: reading them would fill the stack. */
private const val DEEPEST = 200

private class Reader(private val text: String) {
    private var place = 0

    fun document(): Any? {
        blanks()
        val found = value(0)
        blanks()
        if (place < text.length) fail("something follows the document")
        return found
    }

    private fun value(depth: Int): Any? {
        if (depth > DEEPEST) fail("nested too deeply")
        return when (peek()) {
            '{' -> members(depth)
            '[' -> items(depth)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
    }

    private fun members(depth: Int): Map<String, Any?> {
        val found = LinkedHashMap<String, Any?>()
        place++
        blanks()
        if (take('}')) return found
        while (true) {
            blanks()
            if (peek() != '"') fail("expected a key")
            val key = string()
            blanks()
            if (!take(':')) fail("expected a colon")
            blanks()
            found[key] = value(depth + 1)
            blanks()
            if (take('}')) return found
            if (!take(',')) fail("expected a comma or the object's end")
        }
    }

    private fun items(depth: Int): List<Any?> {
        val found = ArrayList<Any?>()
        place++
        blanks()
        if (take(']')) return found
        while (true) {
            blanks()
            found.add(value(depth + 1))
            blanks()
            if (take(']')) return found
            if (!take(',')) fail("expected a comma or the list's end")
        }
    }

    private fun string(): String {
        val start = ++place
        while (place < text.length && text[place] != '"' && text[place] != '\\' && text[place] >= ' ') place++
        if (peek() == '"') return text.substring(start, place++)
        val found = StringBuilder(text.substring(start, place))
        while (true) {
            val here = peek()
            place++
            when {
                here == '"' -> return found.toString()
                here == '\\' -> found.append(escaped())
                here < ' ' -> fail("a control character in a text")
                else -> found.append(here)
            }
        }
    }

    private fun escaped(): Char {
        val here = peek()
        place++
        return when (here) {
            '"', '\\', '/' -> here
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> hexadecimal()
            else -> fail("an unknown escape")
        }
    }

    private fun hexadecimal(): Char {
        if (place + 4 > text.length) fail("the text ends within an escape")
        val digits = text.substring(place, place + 4)
        if (!digits.all { it in '0'..'9' || it in 'a'..'f' || it in 'A'..'F' }) fail("an escape without four digits")
        place += 4
        return digits.toInt(16).toChar()
    }

    private fun number(): Any {
        val start = place
        take('-')
        if (!take('0')) digits()
        val whole = !(fraction() or exponent())
        val digits = text.substring(start, place)
        return (if (whole) digits.toLongOrNull() else null) ?: digits.toDouble()
    }

    private fun fraction(): Boolean = take('.').also { if (it) digits() }

    private fun exponent(): Boolean {
        if (!take('e') && !take('E')) return false
        if (!take('+')) take('-')
        digits()
        return true
    }

    private fun digits() {
        val start = place
        while (place < text.length && text[place] in '0'..'9') place++
        if (place == start) fail("expected a value")
    }

    private fun word(word: String, meaning: Any?): Any? {
        if (!text.startsWith(word, place)) fail("expected a value")
        place += word.length
        return meaning
    }

    private fun blanks() {
        while (place < text.length && text[place] in " \t\n\r") place++
    }

    private fun peek(): Char = if (place < text.length) text[place] else fail("the text ends too early")

    private fun take(wanted: Char): Boolean = (place < text.length && text[place] == wanted).also { if (it) place++ }

    private fun fail(what: String): Nothing = throw JsonError("$what at character $place")
}
