package edgernn.runtime.tag

import edgernn.runtime.spec.TagSpec

/** Longer windows are slower by the word: a graph of more steps falls out of the processor's cache. */
private const val LONGEST = 64

/** Words [start] up to [stop] are read; of these the scores of [first] up to [last] are kept. */
internal data class Window(val start: Int, val stop: Int, val first: Int, val last: Int)

/** Words that a model which reads in both directions is given at once. */
internal fun longestWindow(task: TagSpec): Int = minOf(task.maxWords, LONGEST)

/** Windows over a sentence of so many words for such a model. */
internal fun windowsFor(count: Int, task: TagSpec): List<Window> {
    val size = longestWindow(task)
    return windowsOf(count, size, minOf(task.overlap, size / 4))
}

/**
 * Windows that cover a sentence; a word that two windows share is kept where it lies nearer the middle.
 *
 * @param count words of the sentence, 1 or more
 * @param size words that a window holds at most
 * @param overlap words that neighbours share at least, less than [size]
 */
internal fun windowsOf(count: Int, size: Int, overlap: Int): List<Window> {
    val last = maxOf(0, count - size)
    val starts = (0 until last step size - overlap).toList() + last
    val edges = starts.zipWithNext { left, right -> (left + size + right) / 2 }
    return starts.mapIndexed { n, start ->
        Window(start, minOf(start + size, count), if (n > 0) edges[n - 1] else 0, edges.getOrElse(n) { count })
    }
}
