package edgernn.runtime.engine

import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.Tensor
import edgernn.runtime.spec.DYNAMIC
import edgernn.runtime.spec.ExecutionSpec
import edgernn.runtime.spec.SignatureSpec

/** A weight cache that lives as long as the model. */
private const val IN_MEMORY = ":memory"

/**
 * LiteRT's `CompiledModel`: weights packed once for all signatures.
 *
 * @param name of the engine
 * @param compile loads a model with so many threads, and a path for XNNPACK's weight cache ("" for none)
 */
class CompiledEngine(
    override val name: String,
    private val compile: (model: ByteArray, threads: Int, cache: String) -> NativeModel,
) : Engine {
    override fun open(model: ByteArray, execution: ExecutionSpec, options: EngineOptions): OpenModel {
        if (execution.mode == DYNAMIC) {
            throw RuntimeUnavailable(
                "$name takes inputs of fixed shape only, and this model's are free: convert it with " +
                    "--lowering chunked, or unrolled with a --max-length",
            )
        }
        // A cache looks a constant up by its bytes alone: kernels with static scales would get those of another operator.
        val cache = if (execution.sharePackedWeights) IN_MEMORY else ""
        val native = compile(model, options.threads, cache)
        return try {
            CompiledModel(native, execution)
        } catch (error: RuntimeUnavailable) {
            native.close()
            throw error
        }
    }
}

/**
 * An open model and its buffers, one set for all streams.
 *
 * Streams hold their states in arrays of their own; those of the stream that ran last are in the buffers ("at home"), so
 * that it goes on without a copy. A stream that nobody needs any more is garbage like any object: sessions hold no memory
 * that must be given back.
 */
internal class CompiledModel(private val native: NativeModel, val execution: ExecutionSpec) : OpenModel {
    private val calls = execution.signatures.map { Call(it) }
    private val memories = HashMap<Int, Map<String, NativeBuffer>>()
    private val states = HashMap<Int, StateBuffers>()
    private var home: CompiledStream? = null
    private var closed = false

    override fun stream(): Stream = CompiledStream(this)

    override fun close() {
        if (closed) return
        closed = true
        val buffers = calls.flatMap { it.inputs.values + it.outputs.values } + memories.values.flatMap { it.values } +
            states.values.flatMap { both -> both.sets.flatMap { it.values } }
        buffers.forEach { it.close() }
        native.close()
    }

    /** Makes the buffers this stream's; what they held goes back to the stream that ran before. */
    fun admit(stream: CompiledStream) {
        if (closed) throw RuntimeUnavailable("the model has been closed")
        if (home === stream) return
        home?.leave()
        home = stream
        stream.enter()
    }

    fun call(signature: Int): Call = calls[signature]

    /** The buffers of the memory that an encoder for so many steps fills. */
    fun memoryOf(steps: Int): Map<String, NativeBuffer> = memories.getOrPut(steps) {
        val encoder = execution.signatures.first { it.part == "encode" && it.steps == steps }.name
        execution.memory.associate { it.name to native.createOutput(encoder, it.name) }
    }

    /** The buffers of states of so many rows. */
    fun statesOf(rows: Int): StateBuffers = states.getOrPut(rows) {
        val signature = execution.signatures.first { it.part != "encode" && it.rows == rows }.name
        val names = execution.states.map { it.name }
        StateBuffers(
            listOf(
                names.associateWith { native.createInput(signature, it) },
                names.associateWith { native.createOutput(signature, it) },
            ),
        )
    }

    /** Two sets of buffers: each call reads one and writes the other. */
    class StateBuffers(val sets: List<Map<String, NativeBuffer>>)

    /** A signature and the buffers of what is neither state nor memory. */
    inner class Call(val spec: SignatureSpec) {
        val inputs = spec.inputs.associate { it.name to native.createInput(spec.name, it.name) }
        val outputs = spec.outputs.associate { it.name to native.createOutput(spec.name, it.name) }

        fun run(given: Map<String, Tensor>, from: Map<String, NativeBuffer>, to: Map<String, NativeBuffer>) {
            for ((name, buffer) in inputs) buffer.write(given.getValue(name))
            native.run(spec.name, inputs + from, outputs + to)
        }

        fun read(): Map<String, Tensor> = spec.outputs.associate { tensor ->
            tensor.name to outputs.getValue(tensor.name).read(tensor.dtype, tensor.shape.map { it ?: 0 })
        }
    }
}
