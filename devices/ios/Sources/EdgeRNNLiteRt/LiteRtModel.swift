import CLiteRt
import EdgeRNN
import Foundation

/// One place in a signature's call: a name, and how its memory is made.
struct LiteRtSlot {
    let name: String
    let dtype: DType
    let type: LiteRtRankedTensorType
    let requirements: LiteRtTensorBufferRequirements

    func buffer() throws -> LiteRtBuffer { try LiteRtBuffer(type, requirements, dtype) }
}

/// A signature of the model, as LiteRT calls it.
struct LiteRtSignatureCall {
    let index: Int
    let inputs: [LiteRtSlot]
    let outputs: [LiteRtSlot]
}

/// A compiled model.
final class LiteRtModel: OpenModel {
    let execution: ExecutionSpec
    let calls: [LiteRtSignatureCall]
    /// Memory of the inputs and outputs (of states too) of each signature, shared by the streams.
    let inputs: [[String: LiteRtBuffer]]
    let outputs: [[String: LiteRtBuffer]]
    private let model: ModelHandle
    private let compiledHandle: CompiledHandle

    var compiled: LiteRtCompiledModel { compiledHandle.handle }

    init(_ content: [UInt8], _ execution: ExecutionSpec, _ options: EngineOptions) throws {
        let model = try ModelHandle(content)
        let compiledHandle = try model.compile(options, sharesWeights: execution.sharePackedWeights)
        (self.model, self.compiledHandle, self.execution) = (model, compiledHandle, execution)
        let known = try model.signatures()
        calls = try execution.signatures.map { signature in
            guard let index = known.firstIndex(of: signature.name) else {
                throw RuntimeUnavailable(
                    "the model's signatures are not those that its manifest names: \(signature.name) is missing")
            }
            return try model.call(index, compiledHandle.handle)
        }
        let memory = Set(execution.memory.map(\.name))
        func buffers(_ slots: [LiteRtSlot]) throws -> [String: LiteRtBuffer] {
            let own = try slots.filter { !memory.contains($0.name) }.map { ($0.name, try $0.buffer()) }
            return Dictionary(uniqueKeysWithValues: own)
        }
        inputs = try calls.map { try buffers($0.inputs) }
        outputs = try calls.map { try buffers($0.outputs) }
        try checkNames()
    }

    func stream() throws -> EngineStream { LiteRtStream(self) }

    private func checkNames() throws {
        for (number, signature) in execution.signatures.enumerated() {
            let missing =
                signature.inputs.filter { inputs[number][$0.name] == nil }
                + signature.outputs.filter { outputs[number][$0.name] == nil }
            if let first = missing.first {
                throw RuntimeUnavailable(
                    "the model's signature \(signature.name) has no tensor \(first.name), which its manifest names")
            }
        }
    }
}

/// The compiled model; the model that it was made of lives as long.
private final class CompiledHandle {
    let handle: LiteRtCompiledModel
    private let model: ModelHandle

    init(_ handle: LiteRtCompiledModel, _ model: ModelHandle) { (self.handle, self.model) = (handle, model) }

    deinit { LiteRtDestroyCompiledModel(handle) }
}

/// The model before it is compiled; it keeps the bytes where LiteRT reads them.
private final class ModelHandle {
    private let bytes: UnsafeMutableRawBufferPointer
    private let handle: CLiteRt.LiteRtModel

    init(_ content: [UInt8]) throws {
        // FlatBuffers of XNNPACK's weights are read in place, in vectors.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
        copy.copyBytes(from: content)
        var found: CLiteRt.LiteRtModel?
        do {
            let environment = try LiteRtSurroundings.shared.get().handle
            try check(
                LiteRtCreateModelFromBuffer(environment, copy.baseAddress, copy.count, &found),
                "LiteRtCreateModelFromBuffer")
        } catch {
            copy.deallocate()
            throw error
        }
        bytes = copy
        handle = found!
    }

    deinit {
        LiteRtDestroyModel(handle)
        bytes.deallocate()
    }

    func compile(_ options: EngineOptions, sharesWeights: Bool) throws -> CompiledHandle {
        var native: LiteRtOptions?
        try check(LiteRtCreateOptions(&native), "LiteRtCreateOptions")
        defer { LiteRtDestroyOptions(native!) }
        let cpu = LiteRtHwAcceleratorSet(kLiteRtHwAcceleratorCpu)
        try check(LiteRtSetOptionsHardwareAccelerators(native!, cpu), "LiteRtSetOptionsHardwareAccelerators")
        // A weight cache packs each constant once for all signatures; kernels with static scales must not have one.
        let cache = sharesWeights ? "weight_cache_file_path = \":memory\"\n" : ""
        var opaque: LiteRtOpaqueOptions?
        try check(
            LiteRtCreateOpaqueOptions("xnnpack", strdup("num_threads = \(options.threads)\n\(cache)"), free, &opaque),
            "LiteRtCreateOpaqueOptions")
        try check(LiteRtAddOpaqueOptions(native!, opaque!), "LiteRtAddOpaqueOptions")
        let environment = try LiteRtSurroundings.shared.get().handle
        var found: LiteRtCompiledModel?
        try check(LiteRtCreateCompiledModel(environment, handle, native!, &found), "LiteRtCreateCompiledModel")
        return CompiledHandle(found!, self)
    }

    /// The signatures' names, by index.
    func signatures() throws -> [String] {
        var count = 0
        try check(LiteRtGetNumModelSignatures(handle, &count), "LiteRtGetNumModelSignatures")
        return try (0..<count).map { index in
            var key: UnsafePointer<CChar>?
            try check(LiteRtGetSignatureKey(try signature(index), &key), "LiteRtGetSignatureKey")
            return String(cString: key!)
        }
    }

    func call(_ index: Int, _ compiled: LiteRtCompiledModel) throws -> LiteRtSignatureCall {
        let signature = try signature(index)
        return LiteRtSignatureCall(
            index: index,
            inputs: try slots(
                signature, LiteRtGetNumSignatureInputs, LiteRtGetSignatureInputName,
                LiteRtGetSignatureInputTensorByIndex
            ) { LiteRtGetCompiledModelInputBufferRequirements(compiled, index, $0, $1) },
            outputs: try slots(
                signature, LiteRtGetNumSignatureOutputs, LiteRtGetSignatureOutputName,
                LiteRtGetSignatureOutputTensorByIndex
            ) { LiteRtGetCompiledModelOutputBufferRequirements(compiled, index, $0, $1) }
        )
    }

    private func signature(_ index: Int) throws -> LiteRtSignature {
        var found: LiteRtSignature?
        try check(LiteRtGetModelSignature(handle, index, &found), "LiteRtGetModelSignature")
        return found!
    }

    private func slots(
        _ signature: LiteRtSignature,
        _ number: (LiteRtSignature?, UnsafeMutablePointer<Int>?) -> LiteRtStatus,
        _ name: (LiteRtSignature?, Int, UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> LiteRtStatus,
        _ tensor: (LiteRtSignature?, Int, UnsafeMutablePointer<LiteRtTensor?>?) -> LiteRtStatus,
        _ requirements: (Int, UnsafeMutablePointer<LiteRtTensorBufferRequirements?>) -> LiteRtStatus
    ) throws -> [LiteRtSlot] {
        var count = 0
        try check(number(signature, &count), "the number of a signature's tensors")
        return try (0..<count).map { place in
            var key: UnsafePointer<CChar>?
            try check(name(signature, place, &key), "a signature's tensor name")
            var handle: LiteRtTensor?
            try check(tensor(signature, place, &handle), "a signature's tensor")
            var type = LiteRtRankedTensorType()
            try check(LiteRtGetRankedTensorType(handle, &type), "LiteRtGetRankedTensorType")
            var needed: LiteRtTensorBufferRequirements?
            try check(requirements(place, &needed), "a tensor's buffer requirements")
            let named = String(cString: key!)
            return LiteRtSlot(name: named, dtype: try dtype(type, named), type: type, requirements: needed!)
        }
    }

    private func dtype(_ type: LiteRtRankedTensorType, _ name: String) throws -> DType {
        switch Int(type.element_type) {
        case kLiteRtElementTypeFloat32: return .float32
        case kLiteRtElementTypeInt32: return .int32
        case kLiteRtElementTypeInt64: return .int64
        case kLiteRtElementTypeBool: return .bool
        default: throw RuntimeUnavailable("the tensor \(name) is of a type that is not supported")
        }
    }
}
