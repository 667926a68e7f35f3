package edgernn.runtime

import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import kotlin.math.abs

/**
 * Some of an output's values.
 *
 * @property shape of the whole output
 * @property stride the values kept are those at 0, stride, 2 * stride, ... in row-major order
 */
internal class Sample(val shape: List<Int>, val stride: Int, val values: Tensor) {
    /** The greatest absolute difference; infinite where the shapes differ, not a number where a value is none. */
    fun difference(found: Tensor): Double {
        if (found.shape != shape) return Double.POSITIVE_INFINITY
        var most = 0.0
        for (place in 0 until values.size) {
            val difference = abs(found.number(place * stride) - values.number(place))
            if (difference.isNaN()) return Double.NaN
            most = maxOf(most, difference)
        }
        return most
    }
}

/**
 * One input and the outputs that the workstation computed.
 *
 * @property text what the inputs were made from, or null
 * @property states to start from, by name; none: zeros
 */
internal class GoldenVector(
    val text: String?,
    val inputs: Map<String, Tensor>,
    val outputs: Map<String, Sample>,
    val states: Map<String, Tensor>,
)

/**
 * Reads the asset `golden.json`.
 *
 * @throws BundleError it is something else
 */
internal fun goldenVectors(data: ByteArray): List<GoldenVector> = try {
    (Json.parse(data) as List<*>).map { vector(it as Map<*, *>) }
} catch (error: JsonError) {
    throw BundleError("golden vectors cannot be read: ${error.message}", error)
} catch (error: ClassCastException) {
    throw BundleError("golden vectors cannot be read: a value is of another kind", error)
} catch (error: NullPointerException) {
    throw BundleError("golden vectors cannot be read: a value is missing", error)
} catch (error: InputError) {
    throw BundleError("golden vectors cannot be read: ${error.message}", error)
}

private fun vector(item: Map<*, *>) = GoldenVector(
    text = item["text"] as String?,
    inputs = tensors(item["inputs"]),
    outputs = (item["outputs"] as Map<*, *>).entries.associate { (name, one) -> name as String to sample(one as Map<*, *>) },
    states = tensors(item["states"]),
)

private fun tensors(items: Any?): Map<String, Tensor> =
    (items as Map<*, *>).entries.associate { (name, one) -> name as String to tensorOf(one as Map<*, *>) }

private fun sample(item: Map<*, *>): Sample {
    val shape = ints(item["shape"])
    val stride = (item["stride"] as Long).toInt()
    val values = item["data"] as List<*>
    if (stride < 1 || values.size != (sizeOf(shape) + stride - 1) / stride) throw InputError("a sample of the wrong size")
    return Sample(shape, stride, filled(dtype(item), listOf(values.size), values))
}

private fun tensorOf(item: Map<*, *>): Tensor {
    val random = item["random"] as Map<*, *>? ?: return filled(dtype(item), ints(item["shape"]), item["data"] as List<*>)
    fun bound(name: String, default: Long) = random[name]?.let { it as Long } ?: default
    return RandomTensor(dtype(item), ints(item["shape"]), random["seed"] as Long, bound("low", -2), bound("high", 2)).values()
}

private fun filled(dtype: DType, shape: List<Int>, values: List<*>): Tensor = when (dtype) {
    DType.FLOAT32 -> FloatTensor(FloatArray(values.size) { (values[it] as Number).toDouble().toFloat() }, shape)
    DType.INT32 -> IntTensor(IntArray(values.size) { (values[it] as Long).toInt() }, shape)
    DType.INT64 -> LongTensor(LongArray(values.size) { values[it] as Long }, shape)
    DType.BOOL -> BoolTensor(BooleanArray(values.size) { values[it] as Boolean }, shape)
}

private fun dtype(item: Map<*, *>): DType = DType.of(item["dtype"] as String) ?: throw InputError("type ${item["dtype"]}")

private fun ints(items: Any?): List<Int> = (items as List<*>).map { (it as Long).toInt() }
