/// A label and its probability, 0 to 1.
public struct Category: Equatable, Sendable {
    public let label: String
    public let score: Float
}

/// Puts texts into categories. See `Model` for the arguments.
public final class TextClassifier: Model, TextEncoding {
    public let task: ClassifySpec
    /// In the order of the model's output.
    public let labels: [String]
    private let tokenizer: Tokenizer

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .classify(let task) = bundle.manifest.task else {
            throw BundleError("\(bundle.path): not a classifier")
        }
        self.task = task
        labels = try readLabels(bundle.asset(task.labels), bundle.path).map(\.string)
        try Self.checkOutput(bundle, task.output, labels.count)
        tokenizer = try Tokenizer(bundle.asset(task.tokenizer))
        try super.init(bundle, engine: engine, options: options)
    }

    /// Every label with its probability, the most probable first.
    ///
    /// What exceeds the bundle's `maxChars` or its tokenizer's greatest length is not read.
    public func classify(_ text: String) throws -> [Category] {
        let probabilities = try self.probabilities(text)
        // Equal probabilities keep the labels' order, on every machine.
        return greatest(probabilities, probabilities.count).map {
            Category(label: labels[$0], score: probabilities[$0])
        }
    }

    /// As above, for each of many texts.
    public func classify(_ texts: [String]) throws -> [[Category]] { try texts.map(classify) }

    /// One probability a label, in the order of `labels`.
    public func probabilities(_ text: String) throws -> [Float] {
        let output = try run(encoded(text.scalars))[task.output]!
        return output.doubles.map(Float.init)
    }

    /// The model's input for a text: token ids, int32 [1, length].
    public func encode(_ text: String) throws -> [String: Tensor] { encoded(text.scalars) }

    func encoded(_ text: Scalars) -> [String: Tensor] {
        let ids = tokenizer.encode(cleaned(text, task.maxChars))
        return [task.input: Tensor(ids: ids, shape: [1, ids.count])]
    }

    private static func checkOutput(_ bundle: ModelBundle, _ name: String, _ labels: Int) throws {
        let output = bundle.manifest.outputs.first { $0.name == name && $0.shape.count == 2 }
        guard let output else {
            throw BundleError("\(bundle.path): its model has no output '\(name)' of shape [1, labels]")
        }
        guard output.shape[1] == labels else {
            throw BundleError(
                "\(bundle.path): \(labels) labels for \(output.shape[1].map(String.init) ?? "any") outputs")
        }
    }
}

/// One label a line, two or more.
func readLabels(_ data: [UInt8], _ path: String) throws -> [Scalars] {
    guard var text = strictUtf8(data) else { throw BundleError("\(path): its labels are not UTF-8") }
    while text.last == "\n" { text.removeLast() }
    let labels = text.split(at: "\n")
    guard labels.count >= 2, Set(labels).count == labels.count, !labels.contains([]) else {
        throw BundleError("\(path): its labels must be two or more, each once, none empty")
    }
    return labels
}
