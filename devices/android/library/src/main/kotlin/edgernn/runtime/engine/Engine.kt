package edgernn.runtime.engine

import edgernn.runtime.Tensor
import edgernn.runtime.spec.ExecutionSpec

/**
 * How an engine is to run.
 *
 * @property threads that one call may use, 1 or more
 */
data class EngineOptions(val threads: Int = 1)

/** One way to run TFLite models. */
interface Engine {
    /** For messages and reports. */
    val name: String

    /**
     * Loads a model from bytes whose hash has been checked.
     *
     * @throws edgernn.runtime.RuntimeUnavailable the engine refuses the model
     */
    fun open(model: ByteArray, execution: ExecutionSpec, options: EngineOptions): OpenModel
}

/** A model that an engine has loaded: weights, shared by all its streams. */
interface OpenModel : AutoCloseable {
    /** A new stream, its states zero. */
    fun stream(): Stream
}

/**
 * One sequence on its way through a model: it owns its states, and in the mode `encode_step` the memory.
 *
 * Whoever uses the streams of one model from several threads lets no other stream of the model in between [run] and
 * [outputs].
 */
interface Stream {
    /**
     * Runs a signature once, from the states that the last call left.
     *
     * An encoder puts its memory and its first states, of one row, in the place of those before; a step reads the memory
     * of the encoder of the same size, which must be the one that ran last, and needs states of as many rows as it has.
     *
     * @param signature index into the execution's signatures
     * @param inputs every input but the states and the memory, in the signature's types and shapes
     * @throws edgernn.runtime.RuntimeUnavailable the engine failed; the states are then those of before the call
     */
    fun run(signature: Int, inputs: Map<String, Tensor>)

    /** A copy of what the model's last call of this signature gave, without states and memory. */
    fun outputs(signature: Int): Map<String, Tensor>

    /** A copy of the states as they are now, by name. */
    fun states(): Map<String, Tensor>

    /** Every state is zero for the next call, of one row. */
    fun reset()

    /** Overwrites every state; all of them must be given, in their types and shapes, of as many rows as a step has. */
    fun setStates(states: Map<String, Tensor>)
}
