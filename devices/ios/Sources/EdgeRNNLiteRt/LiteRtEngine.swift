import CLiteRt
import EdgeRNN

/// LiteRT's compiled model, on the processor's cores by XNNPACK.
public struct LiteRtEngine: Engine {
    public let name = "litert-c"

    public init() {}

    public func open(_ model: [UInt8], execution: ExecutionSpec, options: EngineOptions) throws -> OpenModel {
        guard execution.mode != .dynamic else {
            throw RuntimeUnavailable("\(name) takes inputs of fixed shape only, and this model's are free")
        }
        do {
            return try LiteRtModel(model, execution, options)
        } catch let failure as LiteRtFailure {
            throw RuntimeUnavailable("\(name) cannot load this model: \(failure)")
        }
    }
}

/// A call of LiteRT's failed.
struct LiteRtFailure: Error, CustomStringConvertible {
    let call: String
    let status: LiteRtStatus

    var description: String { "\(call) failed with status \(status)" }
}

/// Throws where a call of LiteRT's failed.
func check(_ status: LiteRtStatus, _ call: String) throws {
    if status != LiteRtStatus(kLiteRtStatusOk) { throw LiteRtFailure(call: call, status: status) }
}
