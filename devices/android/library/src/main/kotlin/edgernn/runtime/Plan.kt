package edgernn.runtime

/** One call: which signature, and which steps of the sequence it takes. */
internal data class Piece(val signature: Int, val start: Int, val stop: Int)

/**
 * The fewest calls for so many steps: the greatest size that fits, again and again.
 *
 * @param sizes steps by signature, greatest first, the last one 1
 */
internal fun chunkPlan(length: Int, sizes: List<Int>): List<Piece> = buildList {
    var start = 0
    sizes.forEachIndexed { signature, size ->
        while (length - start >= size) {
            add(Piece(signature, start, start + size))
            start += size
        }
    }
}

/**
 * The shortest signature that holds the sequence.
 *
 * @param sizes steps by signature, greatest first
 * @throws InputError the sequence is longer than every signature
 */
internal fun wholePlan(length: Int, sizes: List<Int>): Piece {
    val signature = sizes.indexOfLast { it >= length }
    if (signature < 0) {
        throw InputError(
            "sequence of $length steps is longer than this bundle takes (${sizes[0]}): " +
                "cut it, or convert again with a longer --max-length",
        )
    }
    return Piece(signature, 0, length)
}
