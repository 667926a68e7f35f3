package edgernn.runtime.litert

import edgernn.runtime.BoolTensor
import edgernn.runtime.DType
import edgernn.runtime.FloatTensor
import edgernn.runtime.IntTensor
import edgernn.runtime.LongTensor
import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.Tensor
import edgernn.runtime.engine.CompiledEngine
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.NativeBuffer
import edgernn.runtime.engine.NativeModel
import java.io.File
import java.nio.file.Files

/** The LiteRT C API through JNI: for the desktop's JVM, and wherever `libLiteRt.so` can be had. */
object LiteRtLibrary {
    /**
     * The engine. The first call opens the libraries; they stay open.
     *
     * @param litert `libLiteRt.so`: of the Python package ai-edge-litert, for example
     * @param shim the library that `edgernn_litert.c` makes
     * @throws RuntimeUnavailable a library cannot be opened
     */
    @JvmStatic
    @Synchronized
    fun engine(litert: File, shim: File): Engine {
        try {
            System.load(shim.absolutePath)
            // An empty folder to look for accelerators in: only the processor computes.
            val empty = Files.createTempDirectory("edgernn").toFile()
            LiteRtNative.openLibrary(litert.absolutePath, empty.absolutePath)
            empty.delete()
        } catch (error: UnsatisfiedLinkError) {
            throw RuntimeUnavailable("$shim cannot be opened: ${error.message}", error)
        }
        return CompiledEngine("litert-jni") { model, threads, cache ->
            JniModel(LiteRtNative.openModel(model, threads, cache))
        }
    }
}

/** A signature's number, and the order of its tensors. */
private class Order(val number: Int, val inputs: List<String>, val outputs: List<String>)

private class JniModel(private val handle: Long) : NativeModel {
    private val orders: Map<String, Order> = LiteRtNative.signatures(handle).withIndex().associate { (number, name) ->
        val inputs = LiteRtNative.tensors(handle, number, false).toList()
        name to Order(number, inputs, LiteRtNative.tensors(handle, number, true).toList())
    }

    override fun createInput(signature: String, name: String): NativeBuffer {
        val order = order(signature)
        return JniBuffer(LiteRtNative.createBuffer(handle, order.number, place(order.inputs, name, signature), false))
    }

    override fun createOutput(signature: String, name: String): NativeBuffer {
        val order = order(signature)
        return JniBuffer(LiteRtNative.createBuffer(handle, order.number, place(order.outputs, name, signature), true))
    }

    override fun run(signature: String, inputs: Map<String, NativeBuffer>, outputs: Map<String, NativeBuffer>) {
        val order = order(signature)
        LiteRtNative.run(handle, order.number, handles(order.inputs, inputs), handles(order.outputs, outputs))
    }

    override fun close() = LiteRtNative.closeModel(handle)

    private fun order(signature: String): Order = orders[signature] ?: missing(signature)

    private fun place(names: List<String>, name: String, signature: String): Int =
        names.indexOf(name).also { if (it < 0) missing("$signature: $name") }

    private fun handles(names: List<String>, buffers: Map<String, NativeBuffer>): LongArray =
        LongArray(names.size) { ((buffers[names[it]] ?: missing(names[it])) as JniBuffer).handle }

    private fun missing(what: String): Nothing =
        throw RuntimeUnavailable("the model's signatures are not those that its manifest names: $what")
}

private class JniBuffer(val handle: Long) : NativeBuffer {
    override fun write(tensor: Tensor) = when (tensor) {
        is FloatTensor -> LiteRtNative.writeFloat(handle, tensor.values)
        is IntTensor -> LiteRtNative.writeInt(handle, tensor.values)
        is LongTensor -> LiteRtNative.writeLong(handle, tensor.values)
        is BoolTensor -> LiteRtNative.writeBoolean(handle, tensor.values)
    }

    override fun read(dtype: DType, shape: List<Int>): Tensor = Tensor.zeros(dtype, shape).also {
        when (it) {
            is FloatTensor -> LiteRtNative.readFloat(handle, it.values)
            is IntTensor -> LiteRtNative.readInt(handle, it.values)
            is LongTensor -> LiteRtNative.readLong(handle, it.values)
            is BoolTensor -> LiteRtNative.readBoolean(handle, it.values)
        }
    }

    override fun close() = LiteRtNative.destroyBuffer(handle)
}
