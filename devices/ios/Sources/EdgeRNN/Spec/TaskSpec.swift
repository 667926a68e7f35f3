/// What a task adds to a bundle: pre- and post-processing. One case a task.
public enum TaskSpec: Sendable {
    case classify(ClassifySpec)
    case forecast(ForecastSpec)
    case lm(LmSpec)
    case tag(TagSpec)
    case translate(TranslateSpec)
    case caption(CaptionSpec)
    /// A Keras model with no task: tensors in, tensors out.
    case model

    private static let names = ["classify", "forecast", "lm", "tag", "translate", "caption", "model"]

    /// Reads a task's declaration; appends what is wrong to `faults`.
    init(_ document: Json, _ faults: Faults) {
        let fields = FieldReader(document, "task", faults)
        let name = document["name"]?.text?.string
        switch name {
        case "classify": self = .classify(ClassifySpec(fields))
        case "forecast": self = .forecast(ForecastSpec(fields))
        case "lm": self = .lm(LmSpec(fields))
        case "tag": self = .tag(TagSpec(fields))
        case "translate": self = .translate(TranslateSpec(fields))
        case "caption": self = .caption(CaptionSpec(fields))
        case "model": self = .model
        default:
            faults.add(
                "task.name: expected one of \(Self.names.joined(separator: ", ")), found \(name ?? "nothing")")
            self = .model
            return
        }
        _ = fields.anything("name")
        fields.finish()
    }

    /// As the manifest calls it.
    public var name: String {
        switch self {
        case .classify: return "classify"
        case .forecast: return "forecast"
        case .lm: return "lm"
        case .tag: return "tag"
        case .translate: return "translate"
        case .caption: return "caption"
        case .model: return "model"
        }
    }

    /// Names of the assets that the bundle must hold.
    var assets: [String] {
        switch self {
        case .classify(let task): return [task.tokenizer, task.labels]
        case .lm(let task): return [task.tokenizer]
        case .tag(let task): return task.assets
        case .translate(let task): return [task.sourceTokenizer, task.targetTokenizer]
        case .caption(let task): return [task.tokenizer]
        case .forecast, .model: return []
        }
    }

    /// What cannot be right, one sentence each.
    var faults: [String] {
        switch self {
        case .tag(let task): return task.faults
        case .translate(let task): return task.faults
        case .caption(let task): return task.faults
        case .classify, .forecast, .lm, .model: return []
        }
    }
}

/// What a token is: what stands between blanks, a word with the blank before it, a piece of one in bytes, or a character.
public enum TokenLevel: String, CaseIterable, Sendable {
    case blank, word, bpe, char
}
