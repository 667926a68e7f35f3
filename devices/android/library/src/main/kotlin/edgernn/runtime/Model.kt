package edgernn.runtime

import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.engine.Stream
import edgernn.runtime.spec.CHUNKED
import edgernn.runtime.spec.DYNAMIC
import edgernn.runtime.spec.Manifest
import edgernn.runtime.spec.WHOLE
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * A loaded bundle: arrays in, arrays out. Tasks derive from it.
 *
 * Calls are safe from several threads: they run one after another. The weights are loaded once, however many sessions
 * there are. [close] gives the engine's memory back.
 *
 * @property bundle read and checked
 * @param engine that computes
 * @param options how the engine is to run
 * @param modes of execution that the class knows
 */
open class Model internal constructor(
    val bundle: Bundle,
    engine: Engine,
    options: EngineOptions,
    modes: List<String> = listOf(CHUNKED, WHOLE, DYNAMIC),
) : AutoCloseable {
    /** What the bundle says of itself. */
    val manifest: Manifest get() = bundle.manifest

    /** Name of the engine that runs it. */
    val engine: String = engine.name

    /** Held while the engine computes, and until its outputs are read. */
    internal val lock = ReentrantLock()

    internal val execution = manifest.execution
    private val sizes = execution.signatures.map { it.steps }

    init {
        if (options.threads < 1) throw InputError("threads must be 1 or more, not ${options.threads}")
        if (execution.mode !in modes) {
            throw BundleError("${bundle.where}: a model for '${manifest.task.name}' cannot be of the mode ${execution.mode}")
        }
    }

    /** The engine comes last, when everything else has been checked: nothing native is left of a bundle that is refused. */
    private val opening = lazy { engine.open(bundle.content, execution, options) }

    /** For calls that are no session's. */
    internal val stream: Stream by lazy { newStream() }

    /** Loads the model into the engine. */
    internal fun open() {
        opening.value
    }

    /**
     * Computes the model for one example.
     *
     * @param inputs by the Keras input names, shaped as in Keras with a batch axis of 1; any length where Keras had None
     * @param states to start from, all of those that the manifest names; zeros when null
     * @return the outputs by name, in Keras's order
     * @throws InputError a name, shape, type or length does not fit; all faults are named
     */
    open fun run(inputs: Map<String, Tensor>, states: Map<String, Tensor>? = null): Map<String, Tensor> {
        val tensors = checkInputs(inputs, manifest.inputs)
        val start = states?.let { checkInputs(it, stateSpecs(execution)) }
        return lock.withLock {
            if (start == null) stream.reset() else stream.setStates(start)
            runChecked(stream, tensors)
        }
    }

    /**
     * A stream of its own: single steps or pieces of any length, with the states carried on.
     *
     * @throws InputError the model needs the whole sequence at once
     */
    fun session(): Session {
        if (execution.mode != CHUNKED) {
            throw InputError(
                "this bundle computes whole sequences only, and has no sessions: a model that looks ahead " +
                    "(Bidirectional, go_backwards) cannot be fed step by step; convert others with --lowering chunked",
            )
        }
        return Session(this, newStream())
    }

    override fun close() = lock.withLock { opening.value.close() }

    internal fun newStream(): Stream = opening.value.stream()

    /** Runs checked tensors through a stream, from its states. */
    internal fun runStream(stream: Stream, tensors: Map<String, Tensor>): Map<String, Tensor> =
        lock.withLock { runChecked(stream, tensors) }

    private fun runChecked(stream: Stream, tensors: Map<String, Tensor>): Map<String, Tensor> {
        if (sizes[0] == 0) return runOnce(stream, tensors)
        val length = lengthOf(tensors)
        return if (execution.mode == WHOLE) runWhole(stream, tensors, length) else runChunked(stream, tensors, length)
    }

    /** Steps of the sequence inputs (0 where the model has none). */
    private fun lengthOf(tensors: Map<String, Tensor>): Int {
        val lengths = execution.sequenceInputs.associateWith { tensors.getValue(it).shape[1] }
        if (lengths.values.toSet().size > 1) throw InputError("sequence inputs differ in length: $lengths")
        needSteps(tensors)
        return lengths.values.firstOrNull() ?: 0
    }

    private fun needSteps(tensors: Map<String, Tensor>) {
        execution.sequenceInputs.firstOrNull { tensors.getValue(it).shape[1] < 1 }?.let {
            throw InputError("sequence input '$it' is empty: at least one step is needed")
        }
    }

    private fun runOnce(stream: Stream, tensors: Map<String, Tensor>): Map<String, Tensor> {
        needSteps(tensors)
        stream.run(0, tensors)
        return stream.outputs(0)
    }

    private fun runChunked(stream: Stream, tensors: Map<String, Tensor>, length: Int): Map<String, Tensor> {
        val sequences = execution.sequenceOutputs
        val pieces = chunkPlan(length, sizes)
        val parts = sequences.associateWith { ArrayList<Tensor>() }
        var outputs = emptyMap<String, Tensor>()
        for (piece in pieces) {
            val slices = tensors.mapValues { (name, tensor) ->
                if (pieces.size > 1 && name in execution.sequenceInputs) tensor.sliced(1, piece.start, piece.stop) else tensor
            }
            stream.run(piece.signature, slices)
            if (sequences.isNotEmpty() || piece == pieces.last()) {
                outputs = stream.outputs(piece.signature)
                parts.forEach { (name, found) -> found += outputs.getValue(name) }
            }
        }
        return manifest.outputs.associate { t ->
            t.name to (parts[t.name]?.let { Tensor.joined(it, 1) } ?: outputs.getValue(t.name))
        }
    }

    private fun runWhole(stream: Stream, tensors: Map<String, Tensor>, length: Int): Map<String, Tensor> {
        val piece = wholePlan(length, sizes)
        stream.run(piece.signature, padded(tensors, sizes[piece.signature]))
        val outputs = stream.outputs(piece.signature)
        return manifest.outputs.associate { t ->
            val found = outputs.getValue(t.name)
            t.name to if (t.name in execution.sequenceOutputs) found.sliced(1, 0, length) else found
        }
    }

    /** Sequence inputs with zeros behind, up to so many steps. */
    internal fun padded(tensors: Map<String, Tensor>, steps: Int): Map<String, Tensor> = tensors.mapValues { (name, tensor) ->
        if (name in execution.sequenceInputs && tensor.shape[1] < steps) tensor.fitted(1, steps) else tensor
    }
}
