import Foundation

/// A loaded bundle: tensors in, tensors out. Tasks derive from it.
///
/// Calls are safe from several threads: they run one after another. The weights are loaded once, however many sessions
/// there are.
open class Model {
    /// The file's content.
    public let bundle: ModelBundle
    /// Name of the engine that runs it.
    public let engine: String
    /// Held while the engine computes, and until its outputs are read.
    let lock = NSLock()
    let execution: ExecutionSpec
    let stream: EngineStream
    private let opened: OpenModel
    private let sizes: [Int]

    /// What the bundle says of itself.
    public var manifest: Manifest { bundle.manifest }

    /// Modes of execution that the class knows.
    class var modes: [ExecutionSpec.Mode] { [.chunked, .whole, .dynamic] }

    /// - Parameters:
    ///   - bundle: Read and checked.
    ///   - engine: That computes.
    ///   - options: How it is to run.
    /// - Throws: `RuntimeUnavailable`: the engine refuses the model; `BundleError`: the task is another class's;
    ///   `InputError`: an option makes no sense.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard options.threads >= 1 else { throw InputError("threads must be 1 or more, not \(options.threads)") }
        let execution = bundle.manifest.execution
        guard Self.modes.contains(execution.mode) else {
            throw BundleError(
                "\(bundle.path): a model for '\(bundle.manifest.task.name)' cannot be of the mode \(execution.mode.rawValue)"
            )
        }
        self.bundle = bundle
        self.execution = execution
        self.engine = engine.name
        sizes = execution.signatures.map(\.steps)
        opened = try engine.open(bundle.content, execution: execution, options: options)
        stream = try opened.stream()
    }

    /// Computes the model for one example.
    ///
    /// - Parameters:
    ///   - inputs: By the Keras input names, shaped as in Keras with a batch axis of 1; any length where Keras had None.
    ///   - states: To start from, all of those that `manifest.execution.states` names; zeros when nil.
    /// - Returns: The outputs by name.
    /// - Throws: `InputError`: a name, shape, type or length does not fit; all faults are named.
    open func run(_ inputs: [String: Tensor], states: [String: Tensor]? = nil) throws -> [String: Tensor] {
        let checked = try checkInputs(inputs, manifest.inputs)
        let start = try states.map { try checkInputs($0, stateSpecs(execution)) }
        return try lock.withLock {
            if let start { try stream.setStates(start) } else { stream.reset() }
            return try runChecked(stream, checked)
        }
    }

    /// A stream of its own: single steps or pieces of any length, with the states carried on.
    ///
    /// - Throws: `InputError`: the model needs the whole sequence at once.
    public func session() throws -> Session {
        guard execution.mode == .chunked else {
            throw InputError(
                "this bundle computes whole sequences only, and has no sessions: a model that looks ahead "
                    + "(Bidirectional, go_backwards) cannot be fed step by step; convert others with --lowering chunked"
            )
        }
        return Session(self, try newStream())
    }

    /// The engine's own interface, with states of its own. Hold `lock` around its calls.
    func newStream() throws -> EngineStream { try opened.stream() }

    /// Runs checked tensors through a stream, from its states.
    func runStream(_ stream: EngineStream, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
        try lock.withLock { try runChecked(stream, inputs) }
    }

    private func runChecked(_ stream: EngineStream, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
        if sizes[0] == 0 { return try runOnce(inputs) }
        let length = try length(inputs)
        return execution.mode == .whole ? try runWhole(inputs, length) : try runChunked(stream, inputs, length)
    }

    /// Steps of the sequence inputs (0 where the model has none).
    private func length(_ inputs: [String: Tensor]) throws -> Int {
        let names = execution.sequenceInputs
        let lengths = names.map { inputs[$0]!.shape[1] }
        guard let length = lengths.first else { return 0 }
        if lengths.contains(where: { $0 != length }) {
            let each = zip(names, lengths).map { "\($0): \($1)" }.joined(separator: ", ")
            throw InputError("sequence inputs differ in length: \(each)")
        }
        guard length >= 1 else { throw Self.empty(names[0]) }
        return length
    }

    private func runOnce(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        for name in execution.sequenceInputs where inputs[name]!.shape[1] < 1 { throw Self.empty(name) }
        try stream.run(0, inputs)
        return try stream.outputs(0)
    }

    private func runChunked(
        _ stream: EngineStream, _ inputs: [String: Tensor], _ length: Int
    ) throws -> [String: Tensor] {
        let pieces = chunkPlan(length, sizes)
        var parts: [String: [Tensor]] = [:]
        var outputs: [String: Tensor] = [:]
        for (number, piece) in pieces.enumerated() {
            try stream.run(piece.signature, sliced(inputs, piece.start, piece.stop))
            guard !execution.sequenceOutputs.isEmpty || number == pieces.count - 1 else { continue }
            outputs = try stream.outputs(piece.signature)
            for name in execution.sequenceOutputs { parts[name, default: []].append(outputs[name]!) }
        }
        return outputs.merging(parts.mapValues { Tensor.joined($0, 1) }) { $1 }
    }

    private func runWhole(_ inputs: [String: Tensor], _ length: Int) throws -> [String: Tensor] {
        let signature = try wholePlan(length, sizes)
        var padded = inputs
        for name in inputs.keys { padded[name] = pad(name, inputs[name]!, sizes[signature]) }
        try stream.run(signature, padded)
        var outputs = try stream.outputs(signature)
        for name in execution.sequenceOutputs { outputs[name] = outputs[name]!.sliced(1, 0, length) }
        return outputs
    }

    private func sliced(_ inputs: [String: Tensor], _ start: Int, _ stop: Int) -> [String: Tensor] {
        var found = inputs
        for name in execution.sequenceInputs { found[name] = inputs[name]!.sliced(1, start, stop) }
        return found
    }

    /// A sequence input with zeros behind; others as they are.
    func pad(_ name: String, _ tensor: Tensor, _ steps: Int) -> Tensor {
        execution.sequenceInputs.contains(name) && tensor.shape[1] < steps ? tensor.padded(1, to: steps) : tensor
    }

    static func empty(_ name: String) -> InputError {
        InputError("sequence input '\(name)' is empty: at least one step is needed")
    }
}
