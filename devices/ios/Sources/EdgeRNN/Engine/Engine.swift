/// How an engine is to run.
public struct EngineOptions: Sendable {
    /// Threads that one call may use, 1 or more.
    public var threads: Int

    public init(threads: Int = 1) {
        self.threads = threads
    }
}

/// One way to run TFLite models. `LiteRtEngine` is one; an app may bring another.
public protocol Engine {
    /// For messages and self-tests.
    var name: String { get }

    /// Loads a model whose hash has been checked.
    ///
    /// - Parameters:
    ///   - model: A TFLite FlatBuffer, maybe with other bytes behind it.
    ///   - execution: Which signatures there are, and what they carry from call to call.
    /// - Throws: `RuntimeUnavailable`: the engine refuses the model.
    func open(_ model: [UInt8], execution: ExecutionSpec, options: EngineOptions) throws -> OpenModel
}

/// A model that an engine has loaded: weights, shared by all its streams.
public protocol OpenModel: AnyObject {
    /// A new stream, its states zero.
    func stream() throws -> EngineStream
}

/// One sequence on its way through a model: it owns its states, and in the mode `encodeStep` a memory.
///
/// The streams of one model may share its buffers: no other stream of the model comes between `run` and `outputs`. In
/// the mode `encodeStep` the run of an encoder puts its memory and its first states, of one row, in the place of those
/// before (other states become zero); the run of a step reads the memory of the encoder of the same size and needs states
/// of as many rows as it has.
public protocol EngineStream: AnyObject {
    /// Runs a signature once, from the states that the last call left.
    ///
    /// - Parameters:
    ///   - signature: Index into the execution's signatures.
    ///   - inputs: Every input but states and memory, in the signature's types and shapes.
    /// - Throws: `RuntimeUnavailable`: the engine failed; the states are then those of before the call.
    func run(_ signature: Int, _ inputs: [String: Tensor]) throws

    /// What the model's last call of this signature gave, without states and memory.
    func outputs(_ signature: Int) throws -> [String: Tensor]

    /// The states as they are now, by name.
    func states() throws -> [String: Tensor]

    /// Overwrites every state; in the mode `encodeStep` with as many rows as a step has.
    func setStates(_ states: [String: Tensor]) throws

    /// Every state is zero for the next call.
    func reset()
}
