import CLiteRt
import EdgeRNN

/// See `EngineStream`. States lie here between the calls, so that a stream costs no more than they do; a memory lies in
/// the buffers that its encoder has filled.
final class LiteRtStream: EngineStream {
    private let model: LiteRtModel
    private let stateNames: Set<String>
    private let memoryNames: Set<String>
    /// nil: all of them zero.
    private var held: [String: Tensor]?
    private var rows = 1
    private var memories: [Int: [String: LiteRtBuffer]] = [:]

    init(_ model: LiteRtModel) {
        self.model = model
        stateNames = Set(model.execution.states.map(\.name))
        memoryNames = Set(model.execution.memory.map(\.name))
    }

    func run(_ signature: Int, _ inputs: [String: Tensor]) throws {
        let spec = model.execution.signatures[signature]
        let encodes = spec.part == .encode
        guard encodes || spec.rows == rows else {
            throw RuntimeUnavailable("\(spec.name) takes states of \(spec.rows) rows, and there are \(rows)")
        }
        do {
            try write(signature, inputs, spec.rows)
            try call(signature, spec)
            try takeStates(signature, spec, encodes)
        } catch let failure as LiteRtFailure {
            throw RuntimeUnavailable("the engine failed on this input: \(failure)")
        }
    }

    func outputs(_ signature: Int) throws -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for tensor in model.execution.signatures[signature].outputs {
            found[tensor.name] = try model.outputs[signature][tensor.name]!.read(shape: tensor.shape.map { $0 ?? 0 })
        }
        return found
    }

    func states() throws -> [String: Tensor] { held ?? zeros(rows) }

    func setStates(_ states: [String: Tensor]) throws {
        held = states
        rows = states.values.first?.shape[0] ?? 1
    }

    func reset() {
        held = nil
        rows = 1
    }

    private func write(_ signature: Int, _ inputs: [String: Tensor], _ rows: Int) throws {
        var states: [String: Tensor]?
        for slot in model.calls[signature].inputs where !memoryNames.contains(slot.name) {
            if stateNames.contains(slot.name) {
                if states == nil { states = held ?? zeros(rows) }
                try model.inputs[signature][slot.name]!.write(states![slot.name]!)
            } else if let given = inputs[slot.name] {
                try model.inputs[signature][slot.name]!.write(given)
            } else {
                throw RuntimeUnavailable("the engine was not given \(slot.name)")
            }
        }
    }

    private func call(_ signature: Int, _ spec: SignatureSpec) throws {
        let call = model.calls[signature]
        let memory = memoryNames.isEmpty ? [:] : try memory(spec.steps)
        var inputs: [LiteRtTensorBuffer?] = call.inputs.map {
            (memory[$0.name] ?? model.inputs[signature][$0.name])?.handle
        }
        var outputs: [LiteRtTensorBuffer?] = call.outputs.map {
            (memory[$0.name] ?? model.outputs[signature][$0.name])?.handle
        }
        try check(
            LiteRtRunCompiledModel(model.compiled, call.index, inputs.count, &inputs, outputs.count, &outputs),
            "LiteRtRunCompiledModel")
    }

    /// After a call the states are those that it gave; after an encoder's the others are zero.
    private func takeStates(_ signature: Int, _ spec: SignatureSpec, _ encodes: Bool) throws {
        let execution = model.execution
        if encodes { rows = 1 }
        var found = encodes ? zeros(1) : [:]
        for state in execution.states where !encodes || execution.firstStates.contains(state.name) {
            guard let buffer = model.outputs[signature][state.name] else {
                throw RuntimeUnavailable("\(spec.name) does not give \(state.name)")
            }
            found[state.name] = try buffer.read(shape: [rows] + state.shape.dropFirst())
        }
        held = found
    }

    /// The buffers of a memory of this size: the encoder writes and the step reads them.
    private func memory(_ steps: Int) throws -> [String: LiteRtBuffer] {
        if let known = memories[steps] { return known }
        let execution = model.execution
        guard let encoder = execution.signatures.firstIndex(where: { $0.part == .encode && $0.steps == steps }) else {
            throw RuntimeUnavailable("there is no encoder of \(steps) steps")
        }
        var made: [String: LiteRtBuffer] = [:]
        for slot in model.calls[encoder].outputs where memoryNames.contains(slot.name) {
            made[slot.name] = try slot.buffer()
        }
        memories[steps] = made
        return made
    }

    private func zeros(_ rows: Int) -> [String: Tensor] {
        let states = model.execution.states.map { ($0.name, Tensor(zeros: [rows] + $0.shape.dropFirst(), $0.dtype)) }
        return Dictionary(uniqueKeysWithValues: states)
    }
}
