/// Element types, by NumPy's names.
public enum DType: String, CaseIterable, Sendable {
    case float32, int32, int64, bool
}

/// One named input or output of a model.
public struct TensorSpec: Equatable, Sendable {
    /// The name in Keras, or in the signature.
    public let name: String
    public let dtype: DType
    /// Sizes, batch axis first; nil where the length is free (the time axis of a model's input).
    public let shape: [Int?]

    init(name: String, dtype: DType, shape: [Int?]) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    init(_ fields: FieldReader) {
        self.init(name: fields.text("name"), dtype: fields.choice("dtype"), shape: fields.sizes("shape"))
    }
}

/// One recurrent state: an input and an output of the same name in every signature that carries it.
public struct StateSpec: Equatable, Sendable {
    /// Begins with `state_`, then layer and state ("state_lstm_h").
    public let name: String
    public let dtype: DType
    /// Sizes, batch axis first, all fixed.
    public let shape: [Int]

    init(_ fields: FieldReader) {
        name = fields.text("name")
        dtype = fields.choice("dtype")
        shape = fields.wholes("shape")
    }
}

/// One entry point of the TFLite model.
public struct SignatureSpec: Sendable {
    /// In the mode `encodeStep`, which of the two it is.
    public enum Part: String, CaseIterable, Sendable {
        case none = ""
        case encode, step
    }

    public let name: String
    /// Time steps that one call takes; 0 where the declared shapes say all. Of a decoder's step: those of the memory.
    public let steps: Int
    /// Without the states and the memory.
    public let inputs: [TensorSpec]
    /// Without the states and the memory.
    public let outputs: [TensorSpec]
    public let part: Part
    /// Of the states: sequences that one call takes a step further.
    public let rows: Int

    init(_ fields: FieldReader) {
        name = fields.text("name")
        steps = fields.whole("steps")
        inputs = fields.objects("inputs", TensorSpec.init)
        outputs = fields.objects("outputs", TensorSpec.init)
        for name in ["weight_bytes", "read_bytes", "largest_weight"] { _ = fields.whole(name, default: 0) }
        part = fields.choice("part", default: Part.none)
        rows = fields.whole("rows", default: 1)
    }
}

/// How the runtime computes the model from its signatures.
public struct ExecutionSpec: Sendable {
    /// See `edge_runtime/spec/tensors.py`, which describes each.
    public enum Mode: String, CaseIterable, Sendable {
        case chunked, whole, dynamic
        case encodeStep = "encode_step"
    }

    /// The lowering's name in the converter's registry, for people.
    public let lowering: String
    public let mode: Mode
    /// Longest first; in the mode `encodeStep` all encoders come before all steps.
    public let signatures: [SignatureSpec]
    /// Carried between calls; of one row.
    public let states: [StateSpec]
    /// Model inputs whose axis 1 is time.
    public let sequenceInputs: [String]
    /// Model outputs whose axis 1 is time; others are taken from the last call.
    public let sequenceOutputs: [String]
    /// Whether an engine may pack each constant once for all operators that read it.
    public let sharePackedWeights: Bool
    /// What an encoder gives and every step reads, of one row; nil where the size is the signature's `steps`.
    public let memory: [TensorSpec]
    /// States that the encoder gives; the others begin at zero.
    public let firstStates: [String]

    init(_ fields: FieldReader) {
        lowering = fields.text("lowering")
        mode = fields.choice("mode")
        signatures = fields.objects("signatures", SignatureSpec.init)
        states = fields.objects("states", default: [], StateSpec.init)
        sequenceInputs = fields.texts("sequence_inputs", default: [])
        sequenceOutputs = fields.texts("sequence_outputs", default: [])
        sharePackedWeights = fields.flag("share_packed_weights", default: true)
        memory = fields.objects("memory", default: [], TensorSpec.init)
        firstStates = fields.texts("first_states", default: [])
    }
}
