package edgernn.runtime.decode

/**
 * Indices of the k greatest scores, the greatest first; of equal ones those with the lower index, and these first.
 *
 * @param scores none of them not-a-number
 * @param k 1 or more
 */
internal fun greatest(scores: DoubleArray, k: Int): IntArray {
    val found = IntArray(minOf(k, scores.size))
    var count = 0
    for (index in scores.indices) {
        if (count == found.size && scores[index] <= scores[found[count - 1]]) continue
        // Behind all that are as great: they have lower indices.
        var place = if (count < found.size) count++ else count - 1
        while (place > 0 && scores[found[place - 1]] < scores[index]) {
            found[place] = found[place - 1]
            place--
        }
        found[place] = index
    }
    return found
}

/** As above. */
internal fun greatest(scores: FloatArray, k: Int): IntArray {
    if (k >= scores.size / 2) return descending(IntArray(scores.size) { it }, scores).copyOf(minOf(k, scores.size))
    return greatest(DoubleArray(scores.size) { scores[it].toDouble() }, k)
}

/** These tokens by their scores, the greatest first, of equal ones the lower first. */
internal fun descending(ids: IntArray, scores: FloatArray): IntArray {
    // Score above, token below: one number that sorts by both. Adding 0 makes 0 of -0.
    val keys = LongArray(ids.size) {
        val bits = (scores[ids[it]] + 0f).toRawBits()
        val rising = bits xor ((bits shr 31) and Int.MAX_VALUE)
        (rising.inv().toLong() shl 32) or ids[it].toLong()
    }
    keys.sort()
    return IntArray(keys.size) { keys[it].toInt() }
}

/** The index of the greatest value, of equal ones the first. */
internal fun argmax(values: FloatArray): Int {
    var best = 0
    for (index in values.indices) if (values[index] > values[best]) best = index
    return best
}

/** As above. */
internal fun argmax(values: DoubleArray): Int {
    var best = 0
    for (index in values.indices) if (values[index] > values[best]) best = index
    return best
}
