package edgernn.runtime.litert

import com.google.ai.edge.litert.Accelerator
import com.google.ai.edge.litert.CompiledModel
import com.google.ai.edge.litert.LiteRtException
import com.google.ai.edge.litert.TensorBuffer
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
import java.io.IOException

/** LiteRT's own library for Android (`com.google.ai.edge.litert:litert`). */
object LiteRtAndroid {
    /**
     * The engine: the processor computes.
     *
     * @param folder of the app's own, such as `context.cacheDir`: LiteRT opens models by their path, so the bytes whose hash
     *   has been checked lie there while a model is being opened
     */
    @JvmStatic
    fun engine(folder: File): Engine = CompiledEngine("litert-android") { model, threads, cache ->
        AndroidModel(opened(model, threads, cache, folder))
    }

    private fun opened(model: ByteArray, threads: Int, cache: String, folder: File): CompiledModel {
        val options = CompiledModel.Options(Accelerator.CPU)
        options.cpuOptions = CompiledModel.CpuOptions(
            numThreads = threads,
            xnnPackWeightCachePath = cache.ifEmpty { null },
        )
        return try {
            val file = File.createTempFile("edgernn", ".tflite", folder)
            try {
                file.writeBytes(model)
                CompiledModel.create(file.path, options)
            } finally {
                // What is mapped into memory stays readable.
                file.delete()
            }
        } catch (error: LiteRtException) {
            throw RuntimeUnavailable("LiteRT cannot load this model: ${error.message}", error)
        } catch (error: IOException) {
            throw RuntimeUnavailable("$folder cannot be written: ${error.message}", error)
        }
    }
}

private class AndroidModel(private val native: CompiledModel) : NativeModel {
    override fun createInput(signature: String, name: String): NativeBuffer =
        AndroidBuffer(guarded { native.createInputBuffer(name, signature) })

    override fun createOutput(signature: String, name: String): NativeBuffer =
        AndroidBuffer(guarded { native.createOutputBuffer(name, signature) })

    override fun run(signature: String, inputs: Map<String, NativeBuffer>, outputs: Map<String, NativeBuffer>) =
        guarded { native.run(inputs.mapValues { own(it.value) }, outputs.mapValues { own(it.value) }, signature) }

    override fun close() = native.close()

    private fun own(buffer: NativeBuffer): TensorBuffer = (buffer as AndroidBuffer).native
}

private class AndroidBuffer(val native: TensorBuffer) : NativeBuffer {
    override fun write(tensor: Tensor) = guarded {
        when (tensor) {
            is FloatTensor -> native.writeFloat(tensor.values)
            is IntTensor -> native.writeInt(tensor.values)
            is LongTensor -> native.writeLong(tensor.values)
            is BoolTensor -> native.writeBoolean(tensor.values)
        }
    }

    override fun read(dtype: DType, shape: List<Int>): Tensor = guarded {
        when (dtype) {
            DType.FLOAT32 -> FloatTensor(native.readFloat(), shape)
            DType.INT32 -> IntTensor(native.readInt(), shape)
            DType.INT64 -> LongTensor(native.readLong(), shape)
            DType.BOOL -> BoolTensor(native.readBoolean(), shape)
        }
    }

    override fun close() = native.close()
}

private fun <T> guarded(call: () -> T): T = try {
    call()
} catch (error: LiteRtException) {
    throw RuntimeUnavailable("LiteRT: ${error.message}", error)
}
