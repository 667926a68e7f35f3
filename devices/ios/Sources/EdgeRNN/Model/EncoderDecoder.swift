/// A bundle of the mode `encodeStep`: an encoder that runs once, and a decoder's step that runs for each token.
/// Translators and captioners derive from it.
public class EncoderDecoder: Model {
    override class var modes: [ExecutionSpec.Mode] { [.encodeStep] }

    private struct StepSize: Hashable {
        let steps: Int
        let rows: Int
    }

    // From the longest; as `wholePlan` takes them.
    private let encoders: [Int]
    private let lengths: [Int]
    private let steps: [StepSize: Int]
    private let encoderInputs: [String]
    private var free: [EngineStream] = []

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        let signatures = bundle.manifest.execution.signatures
        encoders = signatures.indices.filter { signatures[$0].part == .encode }
        lengths = encoders.map { signatures[$0].steps }
        let sized = signatures.indices.filter { signatures[$0].part == .step }.map {
            (StepSize(steps: signatures[$0].steps, rows: signatures[$0].rows), $0)
        }
        steps = Dictionary(sized) { $1 }
        encoderInputs = encoders.first.map { signatures[$0].inputs.map(\.name) } ?? []
        try super.init(bundle, engine: engine, options: options)
        free = [stream]
    }

    /// Computes what follows each token of a target.
    ///
    /// - Parameters:
    ///   - inputs: The encoder's (a source [1, length]), and the decoder's with a time axis (the target's tokens from the
    ///     beginning, [1, time]). With [rows, time] several targets of the one source are computed side by side.
    ///   - states: Of the decoder, [rows, ...], to start from in place of those that the encoder gives.
    /// - Returns: The outputs of the step by name, [rows, time, ...].
    public override func run(_ inputs: [String: Tensor], states: [String: Tensor]? = nil) throws -> [String: Tensor] {
        let own = manifest.inputs.filter { !encoderInputs.contains($0.name) }
        let rows = own.compactMap { inputs[$0.name]?.shape.first }.max().map { max(1, $0) } ?? 1
        let specs = manifest.inputs.map { encoderInputs.contains($0.name) ? $0 : $0.repeated(rows) }
        let checked = try checkInputs(inputs, specs)
        let start = try states.map { try checkInputs($0, stateSpecs(execution).map { $0.repeated(rows) }) }
        let stepped = checked.filter { !encoderInputs.contains($0.key) }
        let lengths = Set(stepped.values.map { $0.shape[1] })
        guard lengths.count == 1, let length = lengths.first, length > 0 else {
            throw InputError(
                "\(stepped.keys.sorted().joined(separator: ", ")): as many steps each, and at least one, are needed")
        }
        let decoding = try encode(checked.filter { encoderInputs.contains($0.key) })
        defer { decoding.close() }
        if let start { decoding.setStates(start) }
        let found = try (0..<length).map { time in
            let parents = time > 0 || start != nil ? nil : [Int](repeating: 0, count: rows)
            return try decoding.step(stepped.mapValues { $0.sliced(1, time, time + 1) }, parents)
        }
        let names = manifest.outputs.map(\.name)
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, Tensor.stacked(found.map { $0[name]! }, axis: 1))
            })
    }

    /// Steps of the longest source.
    var longest: Int { lengths[0] }

    /// Runs the encoder.
    ///
    /// - Parameter inputs: Its own, checked.
    /// - Throws: `InputError`: a source is empty, or longer than the longest encoder.
    func encode(_ inputs: [String: Tensor]) throws -> Decoding {
        let sequence = encoderInputs.first { execution.sequenceInputs.contains($0) }
        let length = sequence.map { inputs[$0]!.shape[1] } ?? 0
        if let sequence, length < 1 { throw Model.empty(sequence) }
        let place = sequence == nil ? 0 : try wholePlan(length, lengths)
        let size = lengths[place]
        var padded = inputs
        for (name, tensor) in inputs { padded[name] = pad(name, tensor, size) }
        return try lock.withLock {
            let stream = try free.popLast() ?? newStream()
            do {
                try stream.run(encoders[place], padded)
            } catch {
                free.append(stream)
                throw error
            }
            return Decoding(self, stream, length: length, size: size)
        }
    }

    /// How many rows the steps for a memory of this size take, the fewest first.
    func rowSizes(_ size: Int) -> [Int] { steps.keys.filter { $0.steps == size }.map(\.rows).sorted() }

    /// One step of a stream whose states have so many rows.
    func runStep(_ stream: EngineStream, _ size: Int, _ rows: Int, _ inputs: [String: Tensor]) throws -> [String:
        Tensor]
    {
        let signature = steps[StepSize(steps: size, rows: rows)]!
        return try lock.withLock {
            try stream.run(signature, inputs)
            return try stream.outputs(signature)
        }
    }

    /// Takes a stream back: its buffers serve again.
    func release(_ stream: EngineStream) { lock.withLock { free.append(stream) } }

    /// Outputs whose last axis is the source's.
    var sourceOutputs: [String] {
        manifest.outputs.filter { $0.shape.count > 2 && $0.shape[$0.shape.count - 1] == nil }.map(\.name)
    }
}

extension TensorSpec {
    fileprivate func repeated(_ rows: Int) -> TensorSpec {
        TensorSpec(name: name, dtype: dtype, shape: [rows] + shape.dropFirst())
    }
}

/// One source that has been encoded, and the sequences that are being made from it.
final class Decoding {
    private let model: EncoderDecoder
    private let stream: EngineStream
    private let length: Int
    private let size: Int
    private let rowSizes: [Int]
    private let cut: [String]
    // Rows that the stream's states have; where several calls make up a step, all states are in `held`.
    private var rows = 1
    private var held: [String: Tensor]?

    /// - Parameters:
    ///   - length: Of the source; 0 where it has none.
    ///   - size: Of the memory.
    init(_ model: EncoderDecoder, _ stream: EngineStream, length: Int, size: Int) {
        (self.model, self.stream, self.length, self.size) = (model, stream, length, size)
        rowSizes = model.rowSizes(size)
        cut = length > 0 ? model.sourceOutputs : []
    }

    /// Takes each sequence a step further.
    ///
    /// - Parameters:
    ///   - inputs: The step's own, [sequences, 1, ...].
    ///   - parents: For each of them the number of the one, among those before, that it goes on from; nil: as they are.
    /// - Returns: The step's outputs by name, [sequences, ...].
    func step(_ inputs: [String: Tensor], _ parents: [Int]? = nil) throws -> [String: Tensor] {
        let count = inputs.values.first!.shape[0]
        let rows = rowSizes.first { $0 >= count } ?? rowSizes[rowSizes.count - 1]
        let moved = parents.map { $0 != Array(0..<count) } ?? false
        if rows >= count && held == nil && rows == self.rows && !moved { return try run(inputs, count, rows) }
        let states = try states()
        let picked = parents.map { parents in states.mapValues { $0.picked(0, parents) } } ?? states
        guard rows >= count else { return try runBlocks(inputs, picked, count, rows) }
        held = nil
        self.rows = rows
        try model.lock.withLock { try stream.setStates(picked.mapValues { $0.padded(0, to: rows) }) }
        return try run(inputs, count, rows)
    }

    /// Puts these, [sequences, ...], in the place of the states.
    func setStates(_ states: [String: Tensor]) { held = states }

    /// The model may use the buffers for another source.
    func close() { model.release(stream) }

    /// [rows, ...]; there may be more rows than sequences.
    private func states() throws -> [String: Tensor] {
        if let held { return held }
        return try model.lock.withLock { try stream.states() }
    }

    private func runBlocks(
        _ inputs: [String: Tensor], _ states: [String: Tensor], _ count: Int, _ rows: Int
    ) throws -> [String: Tensor] {
        var parts: [[String: Tensor]] = []
        var after: [[String: Tensor]] = []
        for start in stride(from: 0, to: count, by: rows) {
            let stop = min(start + rows, count)
            let block = states.mapValues { $0.sliced(0, start, stop).padded(0, to: rows) }
            try model.lock.withLock { try stream.setStates(block) }
            parts.append(try run(inputs.mapValues { $0.sliced(0, start, stop) }, stop - start, rows))
            after.append(try model.lock.withLock { try stream.states() })
        }
        held = joined(after).mapValues { $0.sliced(0, 0, count) }
        return joined(parts)
    }

    private func joined(_ parts: [[String: Tensor]]) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: parts[0].keys.map { name in (name, Tensor.joined(parts.map { $0[name]! }, 0)) })
    }

    private func run(_ inputs: [String: Tensor], _ count: Int, _ rows: Int) throws -> [String: Tensor] {
        var outputs = try model.runStep(stream, size, rows, inputs.mapValues { $0.padded(0, to: rows) })
        for name in cut { outputs[name] = outputs[name]!.sliced(1, 0, length) }
        return outputs.mapValues { $0.sliced(0, 0, count) }
    }
}

/// What a search asks, of an encoder and decoder.
struct PairScorer: BatchScorer {
    let decoding: Decoding
    /// Name of the step's input, int32 [rows, 1].
    let token: String
    /// Name of its output, float32 [rows, vocabulary].
    let logits: String
    /// Name of its output, float32 [rows, source].
    let attention: String

    func step(_ parents: [Int], _ tokens: [Int]) throws -> Scored {
        let outputs = try decoding.step([token: Tensor(ids: tokens, shape: [tokens.count, 1])], parents)
        return Scored(logits: outputs[logits]!.rows, attention: outputs[attention]!.rows)
    }
}
