package edgernn.runtime.text

import java.util.PriorityQueue

/** A word longer than this is not kept in the cache: it will hardly come again. */
private const val CACHED_LENGTH = 64
private const val CACHED_WORDS = 20_000

/** What turns the pieces of a text into ids. */
internal fun interface PieceEncoder {
    fun encode(piece: String): IntArray
}

/** A vocabulary of whole pieces: each piece is a token, or unknown. */
internal class WordLevel(private val vocabulary: Map<String, Int>, private val unknown: Int) : PieceEncoder {
    override fun encode(piece: String): IntArray = intArrayOf(vocabulary[piece] ?: unknown)
}

/**
 * Byte-pair encoding (Sennrich et al. 2016) of one word: symbols are merged in the order of the merges' ranks, leftmost
 * first. Symbols that are not in the vocabulary are left out.
 *
 * @param vocabulary id by token
 * @param merges pairs of tokens, best first
 */
internal class Bpe(private val vocabulary: Map<String, Int>, merges: List<Pair<String, String>>) : PieceEncoder {
    private val ranks = HashMap<Pair<String, String>, Int>().apply { merges.forEachIndexed { rank, pair -> put(pair, rank) } }
    private val cache = HashMap<String, IntArray>()

    @Synchronized
    override fun encode(piece: String): IntArray {
        cache[piece]?.let { return it }
        val found = merge(piece).mapNotNull { vocabulary[it] }.toIntArray()
        if (piece.length <= CACHED_LENGTH && cache.size < CACHED_WORDS) cache[piece] = found
        return found
    }

    /** A linked list and a heap: n log n, where scanning for the best pair would be n squared. */
    private fun merge(word: String): List<String> {
        val symbols = points(word).mapTo(ArrayList<String?>()) { textOf(it) }
        val following = IntArray(symbols.size) { if (it + 1 < symbols.size) it + 1 else -1 }
        val before = IntArray(symbols.size) { it - 1 }
        // Rank above, place below: one number that sorts by both.
        val heap = PriorityQueue<Long>()
        fun offer(left: Int) {
            val right = if (left >= 0) following[left] else -1
            val rank = if (right >= 0) ranks[symbols[left]!! to symbols[right]!!] else null
            if (rank != null) heap += (rank.toLong() shl 32) or left.toLong()
        }
        symbols.indices.forEach(::offer)
        while (true) {
            val best = heap.poll() ?: break
            val left = best.toInt()
            val right = if (symbols[left] != null) following[left] else -1
            // One of the two may have been merged in the meantime.
            if (right < 0 || ranks[symbols[left]!! to symbols[right]!!] != (best ushr 32).toInt()) continue
            symbols[left] = symbols[left]!! + symbols[right]!!
            symbols[right] = null
            following[left] = following[right]
            if (following[right] >= 0) before[following[right]] = left
            offer(before[left])
            offer(left)
        }
        return symbols.filterNotNull()
    }
}
