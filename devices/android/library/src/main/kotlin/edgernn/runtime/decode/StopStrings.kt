package edgernn.runtime.decode

/**
 * Ends a stream of text before a stop string, also where the string comes in pieces.
 *
 * @param strings before the first of which the text ends; none: everything passes
 */
class StopStrings(private val strings: List<String>) {
    private var held = ""

    /** Whether a stop string has come. */
    var stopped = false
        private set

    /** What can be passed on now; nothing more once [stopped]. */
    fun feed(text: String): String {
        if (strings.isEmpty()) return text
        if (stopped) return ""
        held += text
        val found = strings.map { held.indexOf(it) }.filter { it >= 0 }.minOrNull()
        stopped = found != null
        val cut = found ?: (held.length - strings.maxOf(::overlap))
        return held.substring(0, cut).also { held = if (stopped) "" else held.substring(cut) }
    }

    /** What was held back, when nothing more comes. */
    fun finish(): String = held.also { held = "" }

    /** Length of the longest end of the held text that begins the string. */
    private fun overlap(string: String): Int =
        (minOf(string.length - 1, held.length) downTo 1).firstOrNull { held.endsWith(string.substring(0, it)) } ?: 0
}
