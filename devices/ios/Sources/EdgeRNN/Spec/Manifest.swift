/// Size in bytes and SHA-256 (64 hexadecimal digits) of the model or of an asset.
public struct FileSpec: Equatable, Sendable {
    public let size: Int
    public let sha256: String

    init(size: Int, sha256: String) {
        self.size = size
        self.sha256 = sha256
    }

    init(_ fields: FieldReader) {
        self.init(size: fields.whole("size"), sha256: fields.text("sha256"))
    }
}

/// How far a device may stray from the golden vectors.
public struct GoldenSpec: Sendable {
    /// How many there are in the asset `golden.json`.
    public let vectors: Int
    /// Greatest absolute difference allowed, as a part of the outputs' scale.
    public let tolerance: Double

    init(_ fields: FieldReader) {
        vectors = fields.whole("vectors")
        tolerance = fields.number("tolerance")
    }
}

/// What a bundle says of itself: the content of `edgernn.json`. What only the workstation reads (the conversion's proof,
/// the training data, the metrics) is checked and not kept.
public struct Manifest: Sendable {
    static let fileName = "edgernn.json"
    static let goldenName = "golden.json"
    private static let newestFormat = 1
    private static let leastVectors = 16

    /// Of this layout; a newer one is refused.
    public let formatVersion: Int
    /// Version of the kit that wrote the file.
    public let kitVersion: String
    /// The TFLite bytes before the archive.
    public let model: FileSpec
    /// By name, every other member of the archive.
    let assets: [Scalars: FileSpec]
    /// The Keras model's, batch axis 1, nil where the length is free.
    public let inputs: [TensorSpec]
    /// The Keras model's, in its order.
    public let outputs: [TensorSpec]
    public let execution: ExecutionSpec
    /// How the weights are stored: a name such as "dynamic_wi8".
    public let quantization: String
    /// The runtime that the file was made for ("litert", "tflite-runtime").
    public let target: String
    public let golden: GoldenSpec
    /// Pre- and post-processing, by the task's own declaration.
    public let task: TaskSpec

    /// Checks a document as a whole.
    ///
    /// - Throws: `BundleError`, naming every fault at once, or the version needed.
    init(_ document: Json, _ path: String) throws {
        try Self.refuseNewer(document, path)
        let faults = Faults()
        let fields = FieldReader(document, "", faults)
        formatVersion = fields.whole("format_version")
        kitVersion = fields.text("kit_version")
        model = fields.object("model", FileSpec.init)
        assets = fields.namedObjects("assets", FileSpec.init)
        inputs = fields.objects("inputs", TensorSpec.init)
        outputs = fields.objects("outputs", TensorSpec.init)
        execution = fields.object("execution", ExecutionSpec.init)
        quantization = fields.object("quantization", Workstation.quantization)
        target = fields.text("target")
        _ = fields.objects("ops", Workstation.op)
        fields.object("proof", Workstation.proof)
        golden = fields.object("golden", GoldenSpec.init)
        task = TaskSpec(fields.anything("task"), faults)
        _ = fields.optionalObject("data", Workstation.data)
        _ = fields.optionalObject("quality", Workstation.quality)
        fields.finish()
        if faults.list.isEmpty { check(faults) }
        guard faults.list.isEmpty else {
            throw BundleError("\(path): \(Self.fileName) is not valid: \(faults.list.joined(separator: "; "))")
        }
    }

    /// - Throws: `BundleError` when `document` was written in a newer format than this package reads.
    static func refuseNewer(_ document: Json, _ path: String) throws {
        guard let version = document["format_version"]?.whole, version > newestFormat else { return }
        throw BundleError(
            "\(path): bundle format \(version) is newer than this package reads (up to \(newestFormat)): "
                + "install an edgernn that reads format \(version)")
    }

    private func check(_ faults: Faults) {
        task.faults.forEach(faults.add)
        for name in task.assets where assets[name.scalars] == nil {
            faults.add("assets: \(name) is missing (the task needs it)")
        }
        checkFiles(faults)
        checkExecution(faults)
    }

    private func checkFiles(_ faults: Faults) {
        if formatVersion < 1 { faults.add("format_version: expected 1 or more, found \(formatVersion)") }
        let files = [("model", model)] + assets.map { ("assets.\($0.key.string)", $0.value) }
        for (path, file) in files {
            if file.size < 0 { faults.add("\(path).size: negative") }
            let digits = file.sha256.utf8
            if digits.count != 64 || !digits.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) {
                faults.add("\(path).sha256: expected 64 lower-case hexadecimal digits")
            }
        }
        if assets[Self.goldenName.scalars] == nil { faults.add("assets: \(Self.goldenName) is missing") }
        if golden.vectors < Self.leastVectors {
            faults.add("golden.vectors: expected \(Self.leastVectors) or more, found \(golden.vectors)")
        }
    }

    private func checkExecution(_ faults: Faults) {
        checkShapes(faults)
        let names = execution.signatures.map(\.name.scalars)
        if names.isEmpty { faults.add("execution.signatures: at least one is needed") }
        if Set(names).count != names.count { faults.add("execution.signatures: names occur twice") }
        if execution.mode == .chunked, let least = execution.signatures.map(\.steps).min(), least != 1 {
            faults.add("execution.signatures: chunked needs one of a single step")
        }
        if execution.mode == .encodeStep { checkPairs(faults) }
        checkOutputs(faults)
        for state in execution.states where !state.name.hasPrefix("state_") {
            faults.add("execution.states: '\(state.name)' does not begin with state_")
        }
        checkKnown("sequence_inputs", execution.sequenceInputs, inputs, faults)
        checkKnown("sequence_outputs", execution.sequenceOutputs, outputs, faults)
    }

    private func checkShapes(_ faults: Faults) {
        let tensors = inputs + outputs + execution.memory + execution.signatures.flatMap { $0.inputs + $0.outputs }
        let shapes = tensors.map { ($0.name, $0.shape.map { $0 ?? 1 }) } + execution.states.map { ($0.name, $0.shape) }
        for (name, shape) in shapes where product(shape) == nil || shape.isEmpty {
            faults.add("the shape of '\(name)' makes no sense")
        }
    }

    private func checkPairs(_ faults: Faults) {
        let signatures = execution.signatures
        let encoders = signatures.filter { $0.part == .encode }.map(\.steps)
        let single = Set(signatures.filter { $0.part == .step && $0.rows == 1 }.map(\.steps))
        if encoders.isEmpty || signatures.contains(where: { $0.part == .none }) {
            faults.add("execution.signatures: encode_step needs encoders and steps, and nothing else")
        }
        let missing = encoders.filter { !single.contains($0) }.map(String.init)
        if !missing.isEmpty {
            let sizes = missing.joined(separator: ", ")
            faults.add("execution.signatures: there is no step of one row for encoders of \(sizes) steps")
        }
        if signatures.contains(where: { $0.rows < 1 }) { faults.add("execution.signatures: rows: expected 1 or more") }
        if execution.memory.isEmpty { faults.add("execution.memory: encode_step needs it") }
        for name in execution.firstStates where !execution.states.contains(where: { $0.name == name }) {
            faults.add("execution.first_states: '\(name)' is no state")
        }
    }

    /// What a model gives, each signature that ends a run must give in the same form: a task relies on it.
    private func checkOutputs(_ faults: Faults) {
        for signature in execution.signatures where signature.part != .encode {
            for output in outputs {
                let last = output.shape.last.flatMap { $0 }
                let found = signature.outputs.first { $0.name == output.name }
                guard let found, found.dtype == output.dtype, !found.shape.contains(nil),
                    last == nil || found.shape.last == last
                else {
                    faults.add(
                        "execution.signatures: \(signature.name) does not give '\(output.name)' as the model does")
                    continue
                }
                // An axis of the source's length, which is cut to it.
                let isOfSource = signature.part == .step && output.shape.count > 2 && last == nil
                if isOfSource, found.shape.last != signature.steps || found.shape.count != 2 {
                    faults.add(
                        "execution.signatures: \(signature.name): '\(output.name)' is not of the source's length")
                }
            }
        }
    }

    private func checkKnown(_ field: String, _ names: [String], _ tensors: [TensorSpec], _ faults: Faults) {
        for name in names {
            guard let tensor = tensors.first(where: { $0.name == name }) else {
                faults.add("execution.\(field): '\(name)' is not one of the model's")
                continue
            }
            if tensor.shape.count < 2 { faults.add("execution.\(field): '\(name)' has no time axis") }
        }
    }
}
