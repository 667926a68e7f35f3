package edgernn.runtime

private const val MOST_VALUES = 1 shl 24
private const val WORD = 0xFFFFFFFFL
private const val GOLDEN_RATIO = 0x9E3779B9L

/**
 * A pseudo-random array by its seed, alike in any language: golden vectors carry it instead of thousands of numbers.
 *
 * Value number i comes from the 32-bit word `mix(seed + (i + 1) * 0x9E3779B9)`, where `mix` is the finalizer of MurmurHash3.
 * A float32 is `low + (high - low) * (word >> 24) / 256` in doubles; an integer is `low + ((high - low) * word >> 32)`; a
 * truth value is `word & 1`.
 */
internal class RandomTensor(
    private val dtype: DType,
    private val shape: List<Int>,
    private val seed: Long,
    private val low: Long,
    private val high: Long,
) {
    fun values(): Tensor {
        val size = shape.fold(1L) { product, n -> minOf(product * n, Int.MAX_VALUE.toLong()) }
        if (shape.any { it < 0 } || size > MOST_VALUES || low >= high) {
            throw BundleError("golden vectors cannot be read: no random array of shape $shape from $low to $high")
        }
        val words = LongArray(size.toInt()) { word(it) }
        val span = high - low
        return when (dtype) {
            DType.BOOL -> BoolTensor(BooleanArray(words.size) { words[it] and 1 == 1L }, shape)
            DType.FLOAT32 -> FloatTensor(
                FloatArray(words.size) { (low + span * (words[it] ushr 24).toDouble() / 256).toFloat() },
                shape,
            )
            DType.INT32 -> IntTensor(IntArray(words.size) { (low + (span * words[it] ushr 32)).toInt() }, shape)
            DType.INT64 -> LongTensor(LongArray(words.size) { low + (span * words[it] ushr 32) }, shape)
        }
    }

    private fun word(place: Int): Long {
        var x = (seed + (place + 1) * GOLDEN_RATIO) and WORD
        x = x xor (x ushr 16)
        x = (x * 0x85EBCA6BL) and WORD
        x = x xor (x ushr 13)
        x = (x * 0xC2B2AE35L) and WORD
        return x xor (x ushr 16)
    }
}
