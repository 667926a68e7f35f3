package edgernn.runtime

import edgernn.runtime.spec.ExecutionSpec
import edgernn.runtime.spec.TensorSpec

/** Names that Keras makes up for inputs that were given none. They change when a model is saved and loaded. */
private val MADE_UP = Regex("(keras_tensor|input_layer|input)(_[0-9]+)?")

/** The states as tensors that can be checked. */
internal fun stateSpecs(execution: ExecutionSpec): List<TensorSpec> =
    execution.states.map { TensorSpec(it.name, it.dtype, it.shape) }

/**
 * Turns what the caller passed into tensors of the declared types.
 *
 * @throws InputError naming every fault at once
 */
internal fun checkInputs(inputs: Map<String, Tensor>, specs: List<TensorSpec>): Map<String, Tensor> {
    val names = specs.map { it.name }
    val given = namedByOrder(inputs, names)
    val faults = given.keys.filter { it !in names }.mapTo(ArrayList()) { "unknown input '$it'" }
    val found = LinkedHashMap<String, Tensor>()
    for (spec in specs) {
        val tensor = given[spec.name]
        if (tensor == null) {
            faults += "input '${spec.name}' is missing"
        } else {
            fitting(tensor, spec, faults)?.let { found[spec.name] = it }
        }
    }
    if (faults.isNotEmpty()) {
        val wanted = specs.joinToString { "${it.name} ${it.dtype.text}${shapeText(it.shape)}" }
        throw InputError("${faults.joinToString("; ")} (this bundle takes $wanted)")
    }
    return found
}

/** Gives tensors under made-up names the made-up names that are left, in order, where there are as many. */
private fun namedByOrder(inputs: Map<String, Tensor>, names: List<String>): Map<String, Tensor> {
    val strange = inputs.keys.filter { it !in names }
    val left = names.filter { it !in inputs }
    if (strange.isEmpty() || strange.size != left.size || !(strange + left).all { MADE_UP.matches(it) }) return inputs
    val renamed = strange.zip(left).toMap()
    return inputs.mapKeys { renamed[it.key] ?: it.key }
}

private fun fitting(tensor: Tensor, spec: TensorSpec, faults: MutableList<String>): Tensor? {
    val shape = spec.shape
    if (tensor.shape.size != shape.size || shape.zip(tensor.shape).any { (e, s) -> e != null && e != s }) {
        faults += "input '${spec.name}' has shape ${shapeText(tensor.shape)}, expected ${shapeText(shape)}"
        return null
    }
    if (tensor.dtype == spec.dtype) return tensor
    if (tensor.dtype.rank > spec.dtype.rank) {
        faults += "input '${spec.name}' has dtype ${tensor.dtype.text}, expected ${spec.dtype.text}"
        return null
    }
    val converted = converted(tensor, spec.dtype)
    if (converted == null) faults += "input '${spec.name}' holds whole numbers beyond ${spec.dtype.text}"
    return converted
}

/** Truth values become whole numbers, and these become others, but never back. */
private val DType.rank: Int
    get() = when (this) {
        DType.BOOL -> 0
        DType.INT32, DType.INT64 -> 1
        DType.FLOAT32 -> 2
    }

private fun converted(tensor: Tensor, dtype: DType): Tensor? {
    val whole = LongArray(tensor.size) { if (tensor is LongTensor) tensor.values[it] else tensor.number(it).toLong() }
    return when (dtype) {
        DType.INT64 -> LongTensor(whole, tensor.shape)
        DType.INT32 ->
            if (whole.all { it.toInt().toLong() == it }) {
                IntTensor(IntArray(whole.size) { whole[it].toInt() }, tensor.shape)
            } else {
                null
            }
        DType.FLOAT32 -> {
            val floats = FloatArray(whole.size) { whole[it].toFloat() }
            if (whole.indices.all { floats[it].toDouble() == whole[it].toDouble() }) FloatTensor(floats, tensor.shape) else null
        }
        DType.BOOL -> null
    }
}

private fun shapeText(shape: List<Int?>): String = shape.joinToString(", ", "[", "]") { it?.toString() ?: "any" }
