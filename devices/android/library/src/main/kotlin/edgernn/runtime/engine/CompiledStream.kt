package edgernn.runtime.engine

import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.Tensor
import edgernn.runtime.spec.ENCODE_STEP
import edgernn.runtime.spec.replacedRows

/** See [CompiledModel] for where states and memory are. */
internal class CompiledStream(private val model: CompiledModel) : Stream {
    private val execution = model.execution
    private val zeros: Map<String, Tensor> = execution.states.associate { it.name to Tensor.zeros(it.dtype, it.shape) }

    /** Rows of the states. */
    private var rows = 1

    /** The states; null while they are in the model's buffers. */
    private var states: Map<String, Tensor>? = zeros

    /** Which of the two sets of buffers holds them. */
    private var phase = 0

    /** Steps of the encoder that ran last; 0 before one has. */
    private var size = 0

    /** The memory, while another stream is in the model's buffers. */
    private var memory: Map<String, Tensor> = emptyMap()

    override fun run(signature: Int, inputs: Map<String, Tensor>) {
        val call = model.call(signature)
        model.admit(this)
        when (call.spec.part) {
            "encode" -> encode(call, inputs)
            "step" -> step(call, inputs, model.memoryOf(call.spec.steps))
            else -> step(call, inputs, emptyMap())
        }
    }

    override fun outputs(signature: Int): Map<String, Tensor> = model.call(signature).read()

    override fun states(): Map<String, Tensor> = states ?: readStates()

    override fun reset() = setStates(zeros)

    override fun setStates(states: Map<String, Tensor>) {
        val found = zeros.keys.associateWith { states.getValue(it) }
        rows = found.values.firstOrNull()?.shape?.get(0) ?: 1
        this.states = found
        phase = 0
    }

    /** Another stream is about to use the buffers. */
    fun leave() {
        if (states == null) states = readStates()
        if (size > 0) {
            val buffers = model.memoryOf(size)
            memory = execution.memory.associate {
                it.name to buffers.getValue(it.name).read(it.dtype, it.shape.map { n -> n ?: size })
            }
        }
    }

    /** The buffers are this stream's. */
    fun enter() {
        memory.forEach { (name, tensor) -> model.memoryOf(size).getValue(name).write(tensor) }
        memory = emptyMap()
    }

    private fun encode(call: CompiledModel.Call, inputs: Map<String, Tensor>) {
        val buffers = model.statesOf(1)
        val first = execution.firstStates
        zeros.filterKeys { it !in first }.forEach { (name, tensor) -> buffers.sets[0].getValue(name).write(tensor) }
        size = call.spec.steps
        call.run(inputs, emptyMap(), model.memoryOf(size) + buffers.sets[0].filterKeys { it in first })
        rows = 1
        phase = 0
        states = null
    }

    private fun step(call: CompiledModel.Call, inputs: Map<String, Tensor>, memory: Map<String, NativeBuffer>) {
        if (execution.mode == ENCODE_STEP && call.spec.rows != rows) {
            throw RuntimeUnavailable("${call.spec.name} takes states of ${call.spec.rows} rows, and there are $rows")
        }
        val buffers = model.statesOf(rows)
        states?.let { own ->
            own.forEach { (name, tensor) -> buffers.sets[0].getValue(name).write(tensor) }
            phase = 0
        }
        call.run(inputs, memory + buffers.sets[phase], buffers.sets[1 - phase])
        phase = 1 - phase
        states = null
    }

    private fun readStates(): Map<String, Tensor> {
        val buffers = model.statesOf(rows).sets[phase]
        return execution.states.associate {
            it.name to buffers.getValue(it.name).read(it.dtype, it.replacedRows(rows))
        }
    }
}
