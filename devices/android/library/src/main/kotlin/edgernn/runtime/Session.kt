package edgernn.runtime

import edgernn.runtime.engine.Stream
import edgernn.runtime.spec.TensorSpec
import kotlin.concurrent.withLock

/**
 * The states of a session, and the model that they belong to.
 *
 * @property modelSha256 SHA-256 of the model's bytes, 64 hexadecimal digits
 * @property states by name
 */
class Snapshot(val modelSha256: String, val states: Map<String, Tensor>)

/**
 * One sequence on its way through a model, made by [Model.session].
 *
 * Thousands of sessions may share one model: each holds its own states and nothing else. Calls of all sessions of a model
 * are safe from several threads; the steps of one session are a sequence, so one thread at a time should feed it.
 */
class Session internal constructor(private val model: Model, private val stream: Stream) {
    private val execution = model.execution
    private val oneStep = execution.signatures.indexOfFirst { it.steps == 1 }
    private val inputs = model.manifest.inputs.map { StepSpec(it, it.name in execution.sequenceInputs) }

    /** Shape of each state by name, the batch axis first. */
    val states: Map<String, List<Int>> get() = execution.states.associate { it.name to it.shape }

    /**
     * Computes one time step from the states that the last one left.
     *
     * @param inputs the step's values by name; shaped as in Keras for a sequence of one step, [1, 1, ...], or without
     *   the leading axes of size 1
     * @return the outputs by name, shaped as in Keras for a sequence of one step
     * @throws InputError a name, shape or type does not fit
     */
    fun step(inputs: Map<String, Tensor>): Map<String, Tensor> {
        val fitted = inputs.mapValues { (name, tensor) ->
            this.inputs.firstOrNull { it.step.name == name }?.fit(tensor) ?: tensor
        }
        val tensors = checkInputs(fitted, this.inputs.map { it.step })
        return model.lock.withLock {
            stream.run(oneStep, tensors)
            stream.outputs(oneStep)
        }
    }

    /** As [step], for a model of one input. */
    fun step(input: Tensor): Map<String, Tensor> = step(named(input))

    /** As [step], for a model whose one input is an id. */
    fun step(id: Int): Map<String, Tensor> = step(Tensor.of(intArrayOf(id)).reshaped(emptyList()))

    /**
     * Computes many steps from the states that the last one left.
     *
     * @param inputs as [Model.run] takes them, of any length
     * @throws InputError a name, shape or type does not fit
     */
    fun run(inputs: Map<String, Tensor>): Map<String, Tensor> =
        model.runStream(stream, checkInputs(inputs, this.inputs.map { it.anyLength }))

    /** As [run], for a model of one input. */
    fun run(input: Tensor): Map<String, Tensor> = run(named(input))

    /** Sets every state to zero: a new sequence begins. */
    fun reset() = model.lock.withLock { stream.reset() }

    /** The states by name, and the model's hash: plain arrays, which any device restores. */
    fun snapshot(): Snapshot = Snapshot(model.manifest.model.sha256, model.lock.withLock { stream.states() })

    /**
     * Takes over the states of a snapshot.
     *
     * @throws InputError it is another model's, or a name, shape or type does not fit. The states are then as before.
     */
    fun restore(snapshot: Snapshot) {
        if (snapshot.modelSha256 != model.manifest.model.sha256) {
            throw InputError("the snapshot is of another model: states are of no use to any but the one that made them")
        }
        val states = checkInputs(snapshot.states, stateSpecs(execution))
        model.lock.withLock { stream.setStates(states) }
    }

    /** A session of its own that goes on from the same states. */
    fun fork(): Session = Session(model, model.newStream()).also { it.restore(snapshot()) }

    private fun named(input: Tensor): Map<String, Tensor> {
        if (inputs.size != 1) {
            throw InputError("this model has several inputs: give them by name (${inputs.map { it.step.name }.sorted().joinToString()})")
        }
        return mapOf(inputs[0].step.name to input)
    }
}

/** How one input looks for a single step. */
private class StepSpec(tensor: TensorSpec, isSequence: Boolean) {
    val step = if (isSequence) tensor.withTime(1) else tensor

    /** A stream has no end, also where the model was trained on sequences of one length. */
    val anyLength = if (isSequence) tensor.withTime(null) else tensor

    private val full = step.shape.map { it ?: 1 }
    private val short = shorter(full, isSequence)

    /** The value, batch and time axes of size 1 put in where left out. */
    fun fit(value: Tensor): Tensor = if (value.shape in short) value.reshaped(full) else value

    /** The shapes of a step's values without the time axis, the batch axis or both, where these are of size 1. */
    private fun shorter(shape: List<Int>, isSequence: Boolean): Set<List<Int>> {
        val whole = if (isSequence) setOf(shape, shape.take(1) + shape.drop(2)) else setOf(shape)
        return if (shape[0] == 1) whole + whole.map { it.drop(1) } else whole
    }
}

private fun TensorSpec.withTime(steps: Int?): TensorSpec = copy(shape = shape.take(1) + listOf(steps) + shape.drop(2))
