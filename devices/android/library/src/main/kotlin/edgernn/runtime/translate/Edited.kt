package edgernn.runtime.translate

import edgernn.runtime.text.Span

/** What comes in the place of some characters. */
internal class Change(val start: Int, val stop: Int, val content: String)

/**
 * A text with some pieces replaced, and where each of its characters came from.
 *
 * @param before the text before
 * @param changes in order, none overlapping
 */
internal class Edited(before: String, changes: List<Change>) {
    /** A changed piece moves as a whole. */
    private class Moved(val before: Span, val after: Span, val changed: Boolean)

    private val pieces = ArrayList<Moved>()

    /** The text after. */
    val text: String

    init {
        val found = StringBuilder()
        var old = 0
        for (change in changes + Change(before.length, before.length, "")) {
            val start = found.length
            found.append(before, old, change.start)
            pieces += Moved(Span(old, change.start), Span(start, found.length), false)
            val end = found.length
            found.append(change.content)
            pieces += Moved(Span(change.start, change.stop), Span(end, found.length), true)
            old = change.stop
        }
        text = found.toString()
    }

    /** Where characters of the text after were before. */
    fun before(span: Span): Span = moved(span, { it.after }, { it.before })

    /** Where characters of the text before are after. */
    fun after(span: Span): Span = moved(span, { it.before }, { it.after })

    /** From where pieces are to where they go; nothing at the beginning where nothing is left. */
    private fun moved(span: Span, from: (Moved) -> Span, to: (Moved) -> Span): Span {
        val found = pieces.mapNotNull { piece ->
            val here = from(piece)
            val there = to(piece)
            val low = maxOf(span.start, here.start)
            val high = minOf(span.stop, here.stop)
            if (low >= high) null else if (piece.changed) there else Span(low, high).moved(there.start - here.start)
        }
        return if (found.isEmpty()) Span(0, 0) else Span(found.first().start, found.last().stop)
    }
}
