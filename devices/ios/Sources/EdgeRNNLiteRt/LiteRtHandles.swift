import CLiteRt
import EdgeRNN
import Foundation

/// LiteRT's environment: one for all models, since making one looks for accelerators.
final class LiteRtSurroundings: @unchecked Sendable {
    static let shared = Result { try LiteRtSurroundings() }

    let handle: LiteRtEnvironment

    private init() throws {
        var found: LiteRtEnvironment?
        try check(LiteRtCreateEnvironment(0, nil, &found), "LiteRtCreateEnvironment")
        handle = found!
    }

    deinit { LiteRtDestroyEnvironment(handle) }
}

/// One tensor's memory, to which LiteRT reads and writes.
final class LiteRtBuffer {
    let handle: LiteRtTensorBuffer
    private let dtype: DType
    private let bytes: Int

    init(_ type: LiteRtRankedTensorType, _ requirements: LiteRtTensorBufferRequirements, _ dtype: DType) throws {
        let environment = try LiteRtSurroundings.shared.get().handle
        var type = type
        var found: LiteRtTensorBuffer?
        try check(
            LiteRtCreateManagedTensorBufferFromRequirements(environment, &type, requirements, &found),
            "LiteRtCreateManagedTensorBufferFromRequirements")
        handle = found!
        self.dtype = dtype
        var size = 0
        try check(LiteRtGetTensorBufferSize(handle, &size), "LiteRtGetTensorBufferSize")
        bytes = size
    }

    deinit { LiteRtDestroyTensorBuffer(handle) }

    func write(_ tensor: Tensor) throws {
        guard tensor.dtype == dtype else {
            throw RuntimeUnavailable("the engine was given \(tensor.dtype) where it takes \(dtype)")
        }
        try locked(kLiteRtTensorBufferLockModeWrite) { address in
            try tensor.withBytes { source in
                guard source.count <= bytes else {
                    throw RuntimeUnavailable("the engine was given \(source.count) bytes where it takes \(bytes)")
                }
                if let start = source.baseAddress { memcpy(address, start, source.count) }
            }
        }
    }

    func read(shape: [Int]) throws -> Tensor {
        var tensor = Tensor(zeros: shape, dtype)
        try locked(kLiteRtTensorBufferLockModeRead) { address in
            try tensor.withMutableBytes { target in
                guard target.count <= bytes else {
                    throw RuntimeUnavailable("the engine gives \(bytes) bytes where \(target.count) were declared")
                }
                if let start = target.baseAddress { memcpy(start, address, target.count) }
            }
        }
        return tensor
    }

    private func locked(_ mode: Int, _ body: (UnsafeMutableRawPointer) throws -> Void) throws {
        var address: UnsafeMutableRawPointer?
        try check(LiteRtLockTensorBuffer(handle, &address, LiteRtTensorBufferLockMode(mode)), "LiteRtLockTensorBuffer")
        defer { _ = LiteRtUnlockTensorBuffer(handle) }
        try body(address!)
    }
}

extension Tensor {
    fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        switch values {
        case .float32(let values): try values.withUnsafeBytes(body)
        case .int32(let values): try values.withUnsafeBytes(body)
        case .int64(let values): try values.withUnsafeBytes(body)
        case .bool(let values): try values.withUnsafeBytes(body)
        }
    }

    fileprivate mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        switch values {
        case .float32(var values):
            try values.withUnsafeMutableBytes(body)
            self = Tensor(.float32(values), shape: shape)
        case .int32(var values):
            try values.withUnsafeMutableBytes(body)
            self = Tensor(.int32(values), shape: shape)
        case .int64(var values):
            try values.withUnsafeMutableBytes(body)
            self = Tensor(.int64(values), shape: shape)
        case .bool(var values):
            try values.withUnsafeMutableBytes(body)
            self = Tensor(.bool(values), shape: shape)
        }
    }
}
