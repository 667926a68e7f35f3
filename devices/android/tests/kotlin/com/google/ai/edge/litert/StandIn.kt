/*
 * A stand-in for LiteRT's library for Android, which is not to be had without Google's Maven repository: the functions that
 * the adapter `LiteRtAndroid.kt` calls, with the names, parameters and defaults of `com.google.ai.edge.litert` 2.3, over the
 * same C API through JNI. It shows that the adapter compiles against this interface and drives it rightly; what the real
 * library does on a phone it cannot show.
 */
package com.google.ai.edge.litert

import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.litert.LiteRtNative
import java.io.File

enum class Accelerator { NONE, CPU, GPU, NPU }

class LiteRtException(message: String, cause: Throwable) : Exception(message, cause)

class CompiledModel private constructor(private val handle: Long) : AutoCloseable {
    data class CpuOptions(
        val numThreads: Int? = null,
        val xnnPackFlags: Int? = null,
        val xnnPackWeightCachePath: String? = null,
    )

    class Options(internal val accelerators: Set<Accelerator>) {
        constructor(vararg accelerators: Accelerator) : this(setOf(*accelerators))

        var cpuOptions: CpuOptions? = null
    }

    private val signatures = LiteRtNative.signatures(handle).toList()

    fun createInputBuffer(inputName: String, signature: String = ""): TensorBuffer = buffer(signature, inputName, false)

    fun createOutputBuffer(outputName: String, signature: String = ""): TensorBuffer = buffer(signature, outputName, true)

    fun run(inputs: Map<String, TensorBuffer>, outputs: Map<String, TensorBuffer>, signature: String = "") = guarded {
        val number = signatures.indexOf(signature)
        fun handles(buffers: Map<String, TensorBuffer>, isOutput: Boolean) =
            LiteRtNative.tensors(handle, number, isOutput).map { buffers.getValue(it).handle }.toLongArray()
        LiteRtNative.run(handle, number, handles(inputs, false), handles(outputs, true))
    }

    override fun close() = LiteRtNative.closeModel(handle)

    private fun buffer(signature: String, name: String, isOutput: Boolean): TensorBuffer = guarded {
        val number = signatures.indexOf(signature)
        val place = LiteRtNative.tensors(handle, number, isOutput).indexOf(name)
        TensorBuffer(LiteRtNative.createBuffer(handle, number, place, isOutput), sizeOf(number, place, isOutput))
    }

    private fun sizeOf(number: Int, place: Int, isOutput: Boolean): Int = LiteRtNative.size(handle, number, place, isOutput)

    companion object {
        fun create(filePath: String, options: Options = Options(Accelerator.CPU)): CompiledModel = guarded {
            check(options.accelerators == setOf(Accelerator.CPU)) { "only the processor computes" }
            val cpu = checkNotNull(options.cpuOptions)
            val content = File(filePath).readBytes()
            CompiledModel(LiteRtNative.openModel(content, cpu.numThreads ?: 1, cpu.xnnPackWeightCachePath.orEmpty()))
        }
    }
}

class TensorBuffer internal constructor(internal val handle: Long, private val size: Int) : AutoCloseable {
    fun writeFloat(data: FloatArray) = guarded { LiteRtNative.writeFloat(handle, data) }

    fun writeInt(data: IntArray) = guarded { LiteRtNative.writeInt(handle, data) }

    fun writeLong(data: LongArray) = guarded { LiteRtNative.writeLong(handle, data) }

    fun writeBoolean(data: BooleanArray) = guarded { LiteRtNative.writeBoolean(handle, data) }

    fun readFloat(): FloatArray = FloatArray(size).also { guarded { LiteRtNative.readFloat(handle, it) } }

    fun readInt(): IntArray = IntArray(size).also { guarded { LiteRtNative.readInt(handle, it) } }

    fun readLong(): LongArray = LongArray(size).also { guarded { LiteRtNative.readLong(handle, it) } }

    fun readBoolean(): BooleanArray = BooleanArray(size).also { guarded { LiteRtNative.readBoolean(handle, it) } }

    override fun close() = LiteRtNative.destroyBuffer(handle)
}

private fun <T> guarded(call: () -> T): T = try {
    call()
} catch (error: RuntimeUnavailable) {
    throw LiteRtException(error.message.orEmpty(), error)
}
