package edgernn.runtime.spec

import edgernn.runtime.DType

/**
 * One named input or output.
 *
 * @property name the name in Keras, or in the signature
 * @property shape sizes, batch axis first; null where the length is free
 */
data class TensorSpec(val name: String, val dtype: DType, val shape: List<Int?>)

/**
 * One recurrent state: an input and an output of the same name in every signature that carries it.
 *
 * @property name begins with `state_`, then layer and state
 * @property shape sizes, batch axis first, all fixed
 */
data class StateSpec(val name: String, val dtype: DType, val shape: List<Int>)

/**
 * One entry point of the TFLite model.
 *
 * @property name `predict_N`, `predict`, `chunk_N`; `encode_N`, `step_N` (`step_N_bB` for B rows)
 * @property steps time steps that one call takes; 0 where the declared shapes say all
 * @property inputs without the states and the memory
 * @property outputs without the states and the memory
 * @property part in the mode `encode_step`, which of the two it is ("encode", "step"); otherwise ""
 * @property rows of the states: sequences that one call takes a step further
 */
data class SignatureSpec(
    val name: String,
    val steps: Int,
    val inputs: List<TensorSpec>,
    val outputs: List<TensorSpec>,
    val weightBytes: Long,
    val readBytes: Long,
    val largestWeight: Long,
    val part: String,
    val rows: Int,
)

/**
 * How the runtime computes the model from its signatures.
 *
 * @property mode `chunked`: a sequence is cut into pieces of the signatures' sizes, run in order, states handed on;
 *   `whole`: the shortest signature that holds the sequence runs once, the rest of it padded; `dynamic`: the one
 *   signature runs once, its inputs resized; `encode_step`: an encoder, and a decoder's step
 * @property signatures longest first; in the mode `encode_step` all encoders come before all steps
 * @property states carried between calls; of one row
 * @property sequenceInputs model inputs whose axis 1 is time
 * @property sequenceOutputs model outputs whose axis 1 is time
 * @property sharePackedWeights whether an engine may pack each constant once for all operators that read it
 * @property memory what an encoder gives and every step reads, of one row; null where the size is the signature's steps
 * @property firstStates states that the encoder gives; the others begin at zero
 */
data class ExecutionSpec(
    val lowering: String,
    val mode: String,
    val signatures: List<SignatureSpec>,
    val states: List<StateSpec>,
    val sequenceInputs: List<String>,
    val sequenceOutputs: List<String>,
    val sharePackedWeights: Boolean,
    val memory: List<TensorSpec>,
    val firstStates: List<String>,
)

internal const val CHUNKED = "chunked"
internal const val WHOLE = "whole"
internal const val DYNAMIC = "dynamic"
internal const val ENCODE_STEP = "encode_step"

internal fun readTensor(fields: Fields): TensorSpec =
    TensorSpec(fields.text("name"), readDtype(fields), fields.sizes("shape"))

internal fun readExecution(fields: Fields): ExecutionSpec = ExecutionSpec(
    lowering = fields.text("lowering"),
    mode = fields.choice("mode", listOf(CHUNKED, WHOLE, DYNAMIC, ENCODE_STEP)),
    signatures = fields.objects("signatures", read = ::readSignature),
    states = fields.objects("states", optional = true, read = ::readState),
    sequenceInputs = fields.texts("sequence_inputs", optional = true),
    sequenceOutputs = fields.texts("sequence_outputs", optional = true),
    sharePackedWeights = fields.bool("share_packed_weights", true),
    memory = fields.objects("memory", optional = true, read = ::readTensor),
    firstStates = fields.texts("first_states", optional = true),
)

private fun readSignature(fields: Fields) = SignatureSpec(
    name = fields.text("name"),
    steps = fields.int("steps"),
    inputs = fields.objects("inputs", read = ::readTensor),
    outputs = fields.objects("outputs", read = ::readTensor),
    weightBytes = fields.long("weight_bytes", 0),
    readBytes = fields.long("read_bytes", 0),
    largestWeight = fields.long("largest_weight", 0),
    part = fields.choice("part", listOf("", "encode", "step"), ""),
    rows = fields.int("rows", 1),
)

private fun readState(fields: Fields) = StateSpec(fields.text("name"), readDtype(fields), fields.ints("shape"))

private fun readDtype(fields: Fields): DType =
    DType.of(fields.choice("dtype", DType.entries.map { it.text })) ?: DType.FLOAT32

/** The state's shape for so many rows. */
internal fun StateSpec.replacedRows(rows: Int): List<Int> = listOf(rows) + shape.drop(1)
