package edgernn.runtime.tag

internal const val OUTSIDE = "O"

/** BILOU's and BMEWO's letters for what IOBES calls I, E and S. */
private val LETTERS = mapOf("B" to "B", "I" to "I", "M" to "I", "E" to "E", "L" to "E", "S" to "S", "U" to "S", "W" to "S")

/** Tokens [start] up to [stop] (not included) have this label. */
internal data class LabelSpan(val label: String, val start: Int, val stop: Int)

/** The spans that labels of IOB1, IOB2 or IOBES mark, in order; faulty ones are read as conlleval reads them. */
internal fun spansOf(labels: List<String>): List<LabelSpan> {
    val found = ArrayList<LabelSpan>()
    var name = ""
    var start = 0
    var letterBefore = OUTSIDE
    labels.forEachIndexed { place, label ->
        val (letter, now) = parted(label)
        val begins = letter == "B" || letter == "S" ||
            ((letter == "I" || letter == "E") && (now != name || letterBefore == "E" || letterBefore == "S"))
        if (name.isNotEmpty() && (begins || letter.isEmpty() || letter == OUTSIDE)) {
            found += LabelSpan(name, start, place)
            name = ""
        }
        if (begins) {
            name = now
            start = place
        }
        letterBefore = letter
    }
    if (name.isNotEmpty()) found += LabelSpan(name, start, labels.size)
    return found
}

/** A scheme's letter ("" where there is none) and the span's label. */
private fun parted(label: String): Pair<String, String> {
    if (label == OUTSIDE) return OUTSIDE to ""
    val dash = label.indexOf('-')
    if (dash < 0 || dash + 1 == label.length) return "" to ""
    return (LETTERS[label.substring(0, dash)] ?: "") to label.substring(dash + 1)
}
