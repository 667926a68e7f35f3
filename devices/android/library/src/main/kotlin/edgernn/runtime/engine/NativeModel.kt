package edgernn.runtime.engine

import edgernn.runtime.DType
import edgernn.runtime.Tensor

/**
 * What LiteRT's `CompiledModel` offers, wherever it is reached from: this is all that an adapter supplies.
 * `CompiledEngine` makes an [Engine] of it.
 */
interface NativeModel : AutoCloseable {
    /** Makes a buffer for an input of a signature. */
    fun createInput(signature: String, name: String): NativeBuffer

    /** Makes a buffer for an output of a signature. */
    fun createOutput(signature: String, name: String): NativeBuffer

    /** Runs a signature; every input and output must be given, by name. */
    fun run(signature: String, inputs: Map<String, NativeBuffer>, outputs: Map<String, NativeBuffer>)
}

/** Memory that the engine reads or writes. */
interface NativeBuffer : AutoCloseable {
    /** Copies the values in; there must be as many as the buffer holds. */
    fun write(tensor: Tensor)

    /** Copies the values out. */
    fun read(dtype: DType, shape: List<Int>): Tensor
}
