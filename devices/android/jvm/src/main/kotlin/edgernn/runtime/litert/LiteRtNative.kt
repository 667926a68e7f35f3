package edgernn.runtime.litert

/** The functions of `edgernn_litert.c`. Handles are addresses; 0 is none. Failures are thrown as RuntimeUnavailable. */
internal object LiteRtNative {
    @JvmStatic external fun openLibrary(path: String, folder: String)

    @JvmStatic external fun openModel(model: ByteArray, threads: Int, cache: String): Long

    @JvmStatic external fun closeModel(handle: Long)

    @JvmStatic external fun signatures(handle: Long): Array<String>

    /** Names of a signature's inputs or outputs, in the order of [run]. */
    @JvmStatic external fun tensors(handle: Long, signature: Int, outputs: Boolean): Array<String>

    /** Number of values of a tensor. */
    @JvmStatic external fun size(handle: Long, signature: Int, tensor: Int, output: Boolean): Int

    @JvmStatic external fun createBuffer(handle: Long, signature: Int, tensor: Int, output: Boolean): Long

    @JvmStatic external fun destroyBuffer(buffer: Long)

    @JvmStatic external fun writeFloat(buffer: Long, values: FloatArray)

    @JvmStatic external fun writeInt(buffer: Long, values: IntArray)

    @JvmStatic external fun writeLong(buffer: Long, values: LongArray)

    @JvmStatic external fun writeBoolean(buffer: Long, values: BooleanArray)

    @JvmStatic external fun readFloat(buffer: Long, values: FloatArray)

    @JvmStatic external fun readInt(buffer: Long, values: IntArray)

    @JvmStatic external fun readLong(buffer: Long, values: LongArray)

    @JvmStatic external fun readBoolean(buffer: Long, values: BooleanArray)

    @JvmStatic external fun run(handle: Long, signature: Int, inputs: LongArray, outputs: LongArray)
}
