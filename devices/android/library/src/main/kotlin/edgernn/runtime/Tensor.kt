package edgernn.runtime

/** Element types of tensors, by NumPy's names. */
enum class DType(val text: String) {
    FLOAT32("float32"),
    INT32("int32"),
    INT64("int64"),
    BOOL("bool"),
    ;

    companion object {
        /** The type of this name, or null. */
        fun of(text: String): DType? = entries.firstOrNull { it.text == text }
    }
}

/**
 * An array of numbers of one type, in row-major order. Its values are not copied: who made it should not change them.
 *
 * @property shape sizes, the batch axis first
 */
sealed class Tensor(val shape: List<Int>) {
    abstract val dtype: DType

    /** The values: an array of the primitive type. */
    protected abstract val store: Any

    /** Number of values. */
    val size: Int = sizeOf(shape)

    protected abstract fun blank(shape: List<Int>): Tensor

    /** The same values under another shape of the same size. */
    abstract fun reshaped(shape: List<Int>): Tensor

    /** The value at a place of the flat array, as a double; a truth value as 0 or 1. */
    abstract fun number(place: Int): Double

    /** Places [start, stop) of an axis. */
    fun sliced(axis: Int, start: Int, stop: Int): Tensor {
        val found = blank(shape.replaced(axis, stop - start))
        copyAlong(axis, this, start, found, 0, stop - start)
        return found
    }

    /** As long along an axis as wanted: what is missing is 0, what is too much is left out. */
    fun fitted(axis: Int, length: Int): Tensor {
        if (shape[axis] == length) return this
        val found = blank(shape.replaced(axis, length))
        copyAlong(axis, this, 0, found, 0, minOf(length, shape[axis]))
        return found
    }

    /** The rows (places of the first axis) of these numbers, in this order. */
    fun rows(numbers: IntArray): Tensor {
        val found = blank(shape.replaced(0, numbers.size))
        numbers.forEachIndexed { place, number -> copyAlong(0, this, number, found, place, 1) }
        return found
    }

    override fun toString(): String = "$dtype$shape".lowercase()

    companion object {
        /** Floating-point numbers. */
        @JvmStatic
        fun of(values: FloatArray, vararg shape: Int): FloatTensor = FloatTensor(values, shapeOf(values.size, shape))

        /** Whole numbers of 32 bits, such as token ids. */
        @JvmStatic
        fun of(values: IntArray, vararg shape: Int): IntTensor = IntTensor(values, shapeOf(values.size, shape))

        /** Whole numbers of 64 bits. */
        @JvmStatic
        fun of(values: LongArray, vararg shape: Int): LongTensor = LongTensor(values, shapeOf(values.size, shape))

        /** Truth values. */
        @JvmStatic
        fun of(values: BooleanArray, vararg shape: Int): BoolTensor = BoolTensor(values, shapeOf(values.size, shape))

        /** Zeros. */
        @JvmStatic
        fun zeros(dtype: DType, shape: List<Int>): Tensor = when (dtype) {
            DType.FLOAT32 -> FloatTensor(FloatArray(sizeOf(shape)), shape)
            DType.INT32 -> IntTensor(IntArray(sizeOf(shape)), shape)
            DType.INT64 -> LongTensor(LongArray(sizeOf(shape)), shape)
            DType.BOOL -> BoolTensor(BooleanArray(sizeOf(shape)), shape)
        }

        /** Tensors one behind the other along an axis. */
        fun joined(parts: List<Tensor>, axis: Int): Tensor {
            if (parts.size == 1) return parts[0]
            val found = parts[0].blank(parts[0].shape.replaced(axis, parts.sumOf { it.shape[axis] }))
            var start = 0
            for (part in parts) {
                copyAlong(axis, part, 0, found, start, part.shape[axis])
                start += part.shape[axis]
            }
            return found
        }

        private fun copyAlong(axis: Int, from: Tensor, start: Int, to: Tensor, onto: Int, count: Int) {
            val inner = sizeOf(from.shape.drop(axis + 1))
            for (outer in 0 until sizeOf(from.shape.take(axis))) {
                val source = (outer * from.shape[axis] + start) * inner
                val target = (outer * to.shape[axis] + onto) * inner
                System.arraycopy(from.store, source, to.store, target, count * inner)
            }
        }

        private fun shapeOf(size: Int, shape: IntArray): List<Int> = if (shape.isEmpty()) listOf(size) else shape.toList()
    }
}

/** @property values float32, row-major */
class FloatTensor(val values: FloatArray, shape: List<Int>) : Tensor(shape) {
    init {
        checkSize(values.size, shape)
    }

    override val dtype get() = DType.FLOAT32
    override val store: Any get() = values

    override fun blank(shape: List<Int>) = FloatTensor(FloatArray(sizeOf(shape)), shape)

    override fun reshaped(shape: List<Int>) = FloatTensor(values, shape)

    override fun number(place: Int) = values[place].toDouble()
}

/** @property values int32, row-major */
class IntTensor(val values: IntArray, shape: List<Int>) : Tensor(shape) {
    init {
        checkSize(values.size, shape)
    }

    override val dtype get() = DType.INT32
    override val store: Any get() = values

    override fun blank(shape: List<Int>) = IntTensor(IntArray(sizeOf(shape)), shape)

    override fun reshaped(shape: List<Int>) = IntTensor(values, shape)

    override fun number(place: Int) = values[place].toDouble()
}

/** @property values int64, row-major */
class LongTensor(val values: LongArray, shape: List<Int>) : Tensor(shape) {
    init {
        checkSize(values.size, shape)
    }

    override val dtype get() = DType.INT64
    override val store: Any get() = values

    override fun blank(shape: List<Int>) = LongTensor(LongArray(sizeOf(shape)), shape)

    override fun reshaped(shape: List<Int>) = LongTensor(values, shape)

    override fun number(place: Int) = values[place].toDouble()
}

/** @property values row-major */
class BoolTensor(val values: BooleanArray, shape: List<Int>) : Tensor(shape) {
    init {
        checkSize(values.size, shape)
    }

    override val dtype get() = DType.BOOL
    override val store: Any get() = values

    override fun blank(shape: List<Int>) = BoolTensor(BooleanArray(sizeOf(shape)), shape)

    override fun reshaped(shape: List<Int>) = BoolTensor(values, shape)

    override fun number(place: Int) = if (values[place]) 1.0 else 0.0
}

/** The float32 values of a tensor; whole numbers are converted. */
fun Tensor.floats(): FloatArray = if (this is FloatTensor) values else FloatArray(size) { number(it).toFloat() }

internal fun sizeOf(shape: List<Int>): Int = shape.fold(1) { product, size -> product * size }

internal fun List<Int>.replaced(axis: Int, size: Int): List<Int> = mapIndexed { n, old -> if (n == axis) size else old }

private fun checkSize(size: Int, shape: List<Int>) {
    if (shape.any { it < 0 } || sizeOf(shape) != size) throw InputError("$size values do not make an array of shape $shape")
}
