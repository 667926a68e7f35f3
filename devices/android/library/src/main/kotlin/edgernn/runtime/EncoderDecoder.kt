package edgernn.runtime

import edgernn.runtime.bundle.Bundle
import edgernn.runtime.decode.BatchScorer
import edgernn.runtime.decode.Scored
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.engine.Stream
import edgernn.runtime.spec.ENCODE_STEP
import edgernn.runtime.spec.TensorSpec
import kotlin.concurrent.withLock

/** A bundle of two parts: an encoder that runs once, and a decoder's step that runs for each token. */
open class EncoderDecoder internal constructor(bundle: Bundle, engine: Engine, options: EngineOptions) :
    Model(bundle, engine, options, listOf(ENCODE_STEP)) {
    private val signatures = execution.signatures

    /** From the longest; as [wholePlan] takes them. */
    private val encoders = signatures.indices.filter { signatures[it].part == "encode" }
    private val lengths = encoders.map { signatures[it].steps }
    private val steps = signatures.indices.filter { signatures[it].part == "step" }
        .associateBy { signatures[it].steps to signatures[it].rows }
    private val encoderInputs = signatures[encoders[0]].inputs.map { it.name }
    private val free = ArrayDeque<Stream>()

    /** Steps of the longest source. */
    internal val longest: Int get() = lengths[0]

    /**
     * Computes what follows each token of a target.
     *
     * @param inputs the encoder's (a source [1, length]), and the decoder's with a time axis (the target's tokens from the
     *   beginning, [1, time]). With [rows, time] several targets of the one source are computed side by side.
     * @param states of the decoder, [rows, ...], to start from in place of those that the encoder gives
     * @return the outputs of the step by name, [rows, time, ...]
     * @throws InputError a name, shape, type or length does not fit; all faults are named
     */
    override fun run(inputs: Map<String, Tensor>, states: Map<String, Tensor>?): Map<String, Tensor> {
        val stepNames = manifest.inputs.map { it.name }.filter { it !in encoderInputs }
        val rows = maxOf(1, stepNames.mapNotNull { inputs[it]?.shape?.firstOrNull() }.maxOrNull() ?: 1)
        val tensors = checkInputs(inputs, manifest.inputs.map { if (it.name in encoderInputs) it else it.withRows(rows) })
        val start = states?.let { given -> checkInputs(given, stateSpecs(execution).map { it.withRows(rows) }) }
        val own = tensors.filterKeys { it !in encoderInputs }
        val length = own.values.minOf { it.shape[1] }
        if (length < 1 || own.values.any { it.shape[1] != length }) {
            throw InputError("${own.keys.joinToString()}: as many steps each, and at least one, are needed")
        }
        return encode(tensors.filterKeys { it in encoderInputs }).use { decoding ->
            start?.let(decoding::setStates)
            val found = (0 until length).map { time ->
                val parents = if (time > 0 || start != null) null else IntArray(rows)
                decoding.step(own.mapValues { it.value.sliced(1, time, time + 1) }, parents)
            }
            manifest.outputs.associate { output ->
                val all = found.map { it.getValue(output.name) }
                output.name to Tensor.joined(all.map { it.reshaped(it.shape.take(1) + 1 + it.shape.drop(1)) }, 1)
            }
        }
    }

    /**
     * Runs the encoder.
     *
     * @param inputs its own, checked
     * @throws InputError a source is empty, or longer than the longest encoder
     */
    internal fun encode(inputs: Map<String, Tensor>): Decoding {
        val sequence = encoderInputs.firstOrNull { it in execution.sequenceInputs }
        val length = sequence?.let { inputs.getValue(it).shape[1] } ?: 0
        if (sequence != null && length < 1) {
            throw InputError("sequence input '$sequence' is empty: at least one step is needed")
        }
        val place = if (sequence == null) 0 else wholePlan(length, lengths).signature
        return lock.withLock {
            val stream = free.removeLastOrNull() ?: newStream()
            stream.run(encoders[place], padded(inputs, lengths[place]))
            Decoding(this, stream, length, lengths[place])
        }
    }

    /** How many rows the steps for a memory of this size take, the fewest first. */
    internal fun rowSizes(size: Int): List<Int> = steps.keys.filter { it.first == size }.map { it.second }.sorted()

    internal fun runStep(stream: Stream, size: Int, rows: Int, inputs: Map<String, Tensor>): Map<String, Tensor> {
        val signature = steps.getValue(size to rows)
        return lock.withLock {
            stream.run(signature, inputs)
            stream.outputs(signature)
        }
    }

    internal fun statesOf(stream: Stream): Map<String, Tensor> = lock.withLock { stream.states() }

    internal fun setStates(stream: Stream, states: Map<String, Tensor>) = lock.withLock { stream.setStates(states) }

    /** Takes a stream back: it serves again. */
    internal fun release(stream: Stream) = lock.withLock { free.addLast(stream) }

    /** Names of outputs whose last axis is the source's. */
    internal fun sourceOutputs(): List<String> =
        manifest.outputs.filter { it.shape.size > 2 && it.shape.last() == null }.map { it.name }
}

private fun TensorSpec.withRows(rows: Int): TensorSpec = copy(shape = listOf(rows) + shape.drop(1))

/**
 * One source that has been encoded, and the sequences that are being made from it.
 *
 * @param stream which has run the encoder
 * @param length of the source; 0 where it has none
 * @param size of the memory
 */
internal class Decoding(
    private val model: EncoderDecoder,
    private val stream: Stream,
    private val length: Int,
    private val size: Int,
) : AutoCloseable {
    private val rowSizes = model.rowSizes(size)
    private val cut = if (length > 0) model.sourceOutputs() else emptyList()

    /** Rows that the stream's states have; where several calls make up a step, all states are here. */
    private var rows = 1
    private var held: Map<String, Tensor>? = null
    private var closed = false

    /**
     * Takes each sequence a step further.
     *
     * @param inputs the step's own, [sequences, 1, ...]
     * @param parents for each of them the number of the one, among those before, that it goes on from; null: as they are
     * @return the step's outputs by name, [sequences, ...]
     */
    fun step(inputs: Map<String, Tensor>, parents: IntArray?): Map<String, Tensor> {
        val count = inputs.values.first().shape[0]
        val wanted = rowSizes.firstOrNull { it >= count } ?: rowSizes.last()
        val moved = parents != null && !parents.contentEquals(IntArray(count) { it })
        if (wanted >= count && held == null && wanted == rows && !moved) return run(inputs, count, wanted)
        val states = held ?: model.statesOf(stream)
        val picked = if (parents == null) states else states.mapValues { it.value.rows(parents) }
        if (wanted < count) return runBlocks(inputs, picked, count, wanted)
        held = null
        rows = wanted
        model.setStates(stream, picked.mapValues { it.value.fitted(0, wanted) })
        return run(inputs, count, wanted)
    }

    /** Puts these, [sequences, ...], in the place of the states. */
    fun setStates(states: Map<String, Tensor>) {
        held = states
    }

    override fun close() {
        if (!closed) model.release(stream)
        closed = true
    }

    private fun runBlocks(
        inputs: Map<String, Tensor>,
        states: Map<String, Tensor>,
        count: Int,
        rows: Int,
    ): Map<String, Tensor> {
        val parts = ArrayList<Map<String, Tensor>>()
        val after = ArrayList<Map<String, Tensor>>()
        for (start in 0 until count step rows) {
            val stop = minOf(start + rows, count)
            model.setStates(stream, states.mapValues { it.value.sliced(0, start, stop).fitted(0, rows) })
            parts += run(inputs.mapValues { it.value.sliced(0, start, stop) }, stop - start, rows)
            after += model.statesOf(stream)
        }
        held = states.mapValues { (name, _) -> Tensor.joined(after.map { it.getValue(name) }, 0).fitted(0, count) }
        return parts[0].mapValues { (name, _) -> Tensor.joined(parts.map { it.getValue(name) }, 0) }
    }

    private fun run(inputs: Map<String, Tensor>, count: Int, rows: Int): Map<String, Tensor> {
        val given = if (count < rows) inputs.mapValues { it.value.fitted(0, rows) } else inputs
        return model.runStep(stream, size, rows, given).mapValues { (name, tensor) ->
            val own = tensor.fitted(0, count)
            if (name in cut) own.fitted(1, length) else own
        }
    }
}

/**
 * What a search asks, of an encoder and decoder.
 *
 * @param token name of the step's input, int32 [rows, 1]
 * @param logits name of its output, float32 [rows, vocabulary]
 * @param attention name of its output, float32 [rows, source]
 */
internal class PairScorer(
    private val decoding: Decoding,
    private val token: String,
    private val logits: String,
    private val attention: String,
) : BatchScorer {
    override fun step(parents: IntArray, tokens: IntArray): Scored {
        val outputs = decoding.step(mapOf(token to IntTensor(tokens, listOf(tokens.size, 1))), parents)
        return Scored(rowsOf(outputs.getValue(logits)), rowsOf(outputs.getValue(attention)))
    }

    private fun rowsOf(tensor: Tensor): List<FloatArray> {
        val values = tensor.floats()
        val width = tensor.size / tensor.shape[0]
        return List(tensor.shape[0]) { values.copyOfRange(it * width, (it + 1) * width) }
    }
}
