/// One sequence on its way through a model, made by `Model.session()`.
///
/// Each session holds its own states and nothing else. Calls of all sessions of a model are safe from several threads;
/// the steps of one session are a sequence, so one thread at a time should feed it.
public final class Session {
    private let model: Model
    private let stream: EngineStream
    private let oneStep: Int
    private let sequences: Set<String>

    init(_ model: Model, _ stream: EngineStream) {
        self.model = model
        self.stream = stream
        oneStep = model.execution.signatures.firstIndex { $0.steps == 1 }!
        sequences = Set(model.execution.sequenceInputs)
    }

    /// Shape of each state by name, the batch axis first.
    public var states: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: model.execution.states.map { ($0.name, $0.shape) })
    }

    /// Computes one time step from the states that the last one left.
    ///
    /// - Parameter inputs: By name; shaped as in Keras for a sequence of one step, [1, 1, ...], or without the leading
    ///   axes of size 1.
    /// - Returns: The outputs by name, shaped as in Keras for a sequence of one step.
    /// - Throws: `InputError`: a name, shape or type does not fit.
    public func step(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        let specs = model.manifest.inputs.map { stepSpec($0, length: 1) }
        var given = inputs
        for spec in specs { given[spec.name] = inputs[spec.name].map { fitted($0, spec) } }
        let checked = try checkInputs(given, specs)
        return try model.lock.withLock {
            try stream.run(oneStep, checked)
            return try stream.outputs(oneStep)
        }
    }

    /// As above, for a model of one input.
    public func step(_ input: Tensor) throws -> [String: Tensor] { try step([try onlyInput(): input]) }

    /// As above, for a model of one input that takes an id.
    public func step(id: Int) throws -> [String: Tensor] { try step(Tensor(ids: [id], shape: [1, 1])) }

    /// Computes many steps from the states that the last one left.
    ///
    /// - Parameter inputs: As `Model.run` takes them, of any length.
    /// - Throws: `InputError`: a name, shape or type does not fit.
    public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        // A stream has no end, also where the model was trained on sequences of one length.
        let specs = model.manifest.inputs.map { stepSpec($0, length: nil) }
        return try model.runStream(stream, try checkInputs(inputs, specs))
    }

    /// As above, for a model of one input.
    public func run(_ input: Tensor) throws -> [String: Tensor] { try run([try onlyInput(): input]) }

    /// Sets every state to zero: a new sequence begins.
    public func reset() { model.lock.withLock { stream.reset() } }

    /// The states, and the hash of the model that they belong to.
    public func snapshot() throws -> Snapshot {
        let states = try model.lock.withLock { try stream.states() }
        return Snapshot(states: states, modelSha256: model.manifest.model.sha256)
    }

    /// Takes over the states of a snapshot.
    ///
    /// - Throws: `InputError`: it is another model's, or a name, shape or type does not fit. The states are then as
    ///   before.
    public func restore(_ snapshot: Snapshot) throws {
        guard snapshot.modelSha256 == nil || snapshot.modelSha256 == model.manifest.model.sha256 else {
            throw InputError(
                "the snapshot is of another model: states are of no use to any but the one that made them")
        }
        let states = try checkInputs(snapshot.states, stateSpecs(model.execution))
        try model.lock.withLock { try stream.setStates(states) }
    }

    /// A session of its own that goes on from the same states.
    public func fork() throws -> Session {
        let other = Session(model, try model.lock.withLock { try model.newStream() })
        let states = try model.lock.withLock { try stream.states() }
        try model.lock.withLock { try other.stream.setStates(states) }
        return other
    }

    private func onlyInput() throws -> String {
        let names = model.manifest.inputs.map(\.name)
        guard names.count == 1 else {
            throw InputError(
                "this model has several inputs: give them by name (\(names.sorted().joined(separator: ", ")))")
        }
        return names[0]
    }

    private func stepSpec(_ tensor: TensorSpec, length: Int?) -> TensorSpec {
        guard sequences.contains(tensor.name) else { return tensor }
        var shape = tensor.shape
        shape[1] = length
        return TensorSpec(name: tensor.name, dtype: tensor.dtype, shape: shape)
    }

    /// With batch and time axes of size 1 put in where they were left out.
    private func fitted(_ tensor: Tensor, _ spec: TensorSpec) -> Tensor {
        let full = spec.shape.map { $0 ?? 1 }
        let rest = Array(full.dropFirst())
        var short = full[0] == 1 ? [rest] : []
        if sequences.contains(spec.name) {
            let timeless = [full[0]] + full.dropFirst(2)
            short.append(timeless)
            if full[0] == 1 { short.append(Array(timeless.dropFirst())) }
        }
        return short.contains(tensor.shape) ? tensor.reshaped(full) : tensor
    }
}

/// A session's states at one time, which may be kept and restored, here or elsewhere.
public struct Snapshot: Equatable, Codable, Sendable {
    /// By name.
    public let states: [String: Tensor]
    /// Of the model that they belong to; nil for states made by hand.
    public let modelSha256: String?

    public init(states: [String: Tensor], modelSha256: String? = nil) {
        self.states = states
        self.modelSha256 = modelSha256
    }
}
