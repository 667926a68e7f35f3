/// Sequence classification.
public struct ClassifySpec: Sendable {
    /// Asset name; Hugging Face tokenizers' format.
    public let tokenizer: String
    /// The model input that takes the ids, int32 [1, length].
    public let input: String
    /// Characters beyond this are not read.
    public let maxChars: Int
    /// Asset name; one label a line, in the order of the output's last axis.
    public let labels: String
    /// The model output that holds one probability a label, float32 [1, labels].
    public let output: String

    init(_ fields: FieldReader) {
        let text = fields.object("text") { ($0.text("tokenizer"), $0.text("input"), $0.whole("max_chars")) }
        (tokenizer, input, maxChars) = text
        labels = fields.text("labels")
        output = fields.text("output")
        _ = fields.optionalText("positive_label")
    }
}

/// A language model: from the tokens so far to those that may follow.
public struct LmSpec: Sendable {
    /// Asset name; Hugging Face tokenizers' format.
    public let tokenizer: String
    /// The model input that takes the ids, int32 [1, time].
    public let input: String
    /// The model output, logits float32 [1, time, vocabulary].
    public let output: String
    public let level: TokenLevel
    /// Id of the token that ends a text (a line, where tokens stand between blanks); every text begins after it.
    public let end: Int
    /// Id of what the vocabulary does not hold; never generated.
    public let unknown: Int
    /// Tokens of a prompt that are read, its last ones.
    public let maxPrompt: Int

    init(_ fields: FieldReader) {
        tokenizer = fields.text("tokenizer")
        input = fields.text("input")
        output = fields.text("output")
        level = fields.choice("level")
        end = fields.whole("end")
        unknown = fields.whole("unknown")
        maxPrompt = fields.whole("max_prompt", default: 2000)
    }
}

/// Ids of a decoder's tokens that are no text.
public struct SpecialTokens: Sendable {
    /// What the decoder reads first.
    public let begin: Int
    /// What it writes last.
    public let end: Int
    /// Never generated.
    public let pad: Int
    /// What the vocabulary does not hold.
    public let unknown: Int

    init(_ fields: FieldReader) {
        begin = fields.whole("begin")
        end = fields.whole("end")
        pad = fields.whole("pad")
        unknown = fields.whole("unknown")
    }

    var all: [Int] { [begin, end, pad, unknown] }

    var faults: [String] {
        all.min()! < 0 || Set(all).count < 4
            ? ["task: begin, end, pad and unknown: expected four different ids, 0 or more"] : []
    }
}

/// Translation: an encoder reads the source once, a decoder writes the target token by token.
public struct TranslateSpec: Sendable {
    /// Asset name; Hugging Face tokenizers' format.
    public let sourceTokenizer: String
    /// Asset name; the same one where both languages have the same tokens.
    public let targetTokenizer: String
    /// BCP-47, or "".
    public let sourceLanguage: String
    /// BCP-47, or "".
    public let targetLanguage: String
    public let special: SpecialTokens
    /// Tokens of the longest source that is read at once.
    public let maxSource: Int
    /// What is put behind a sentence that ends in a letter or a digit, and taken off its translation; "": nothing.
    public let closing: String
    /// What is taken off there, where the translation ends in it.
    public let targetClosing: String
    /// What a token of the target is.
    public let level: TokenLevel
    /// The encoder's input, int32 [1, source].
    public let source: String
    /// The step's input, int32 [rows, 1].
    public let token: String
    /// The step's output, float32 [rows, vocabulary].
    public let logits: String
    /// The step's output, float32 [rows, source].
    public let attention: String

    init(_ fields: FieldReader) {
        sourceTokenizer = fields.text("source_tokenizer")
        targetTokenizer = fields.text("target_tokenizer")
        sourceLanguage = fields.text("source_language")
        targetLanguage = fields.text("target_language")
        special = SpecialTokens(fields)
        maxSource = fields.whole("max_source")
        closing = fields.text("closing", default: "")
        targetClosing = fields.text("target_closing", default: "")
        level = fields.choice("level", default: .bpe)
        source = fields.text("source", default: "source")
        token = fields.text("token", default: "token")
        logits = fields.text("logits", default: "logits")
        attention = fields.text("attention", default: "attention")
    }

    var faults: [String] {
        var found = special.faults
        if maxSource < 1 { found.append("task.max_source: expected 1 or more") }
        let marks = [closing.scalars, targetClosing.scalars]
        if marks.contains(where: { $0.count > 1 || $0.contains(where: \.isLetterOrNumber) }) {
            found.append("task: closing and target_closing: expected one punctuation mark each, or none")
        }
        if Set([source, token, logits, attention]).count < 4 {
            found.append("task: source, token, logits and attention: expected different names")
        }
        return found
    }
}

/// Image captioning: an encoder sees the picture once, a decoder writes the sentence token by token.
public struct CaptionSpec: Sendable {
    /// Asset name; Hugging Face tokenizers' format.
    public let tokenizer: String
    /// Of the captions, BCP-47, or "".
    public let language: String
    public let special: SpecialTokens
    /// Longest caption, its end counted.
    public let maxTokens: Int
    /// The rule by which pictures are made ready.
    public let image: PictureSpec
    /// Rows and columns of the places that the decoder attends to, row by row in `attention`.
    public let grid: [Int]
    public let level: TokenLevel
    /// The encoder's input, float32 [1, size, size, 3].
    public let picture: String
    /// The step's input, int32 [rows, 1].
    public let token: String
    /// The step's output, float32 [rows, vocabulary].
    public let logits: String
    /// The step's output, float32 [rows, places].
    public let attention: String

    init(_ fields: FieldReader) {
        tokenizer = fields.text("tokenizer")
        language = fields.text("language")
        special = SpecialTokens(fields)
        maxTokens = fields.whole("max_tokens")
        image = fields.object("image", PictureSpec.init)
        grid = fields.wholes("grid")
        level = fields.choice("level", default: .word)
        picture = fields.text("picture", default: "picture")
        token = fields.text("token", default: "token")
        logits = fields.text("logits", default: "logits")
        attention = fields.text("attention", default: "attention")
    }

    var faults: [String] {
        var found = special.faults
        if maxTokens < 1 { found.append("task.max_tokens: expected 1 or more") }
        if grid.count != 2 || grid.min()! < 1 {
            found.append("task.grid: expected two numbers, rows and columns, of 1 or more")
        }
        if Set([picture, token, logits, attention]).count < 4 {
            found.append("task: picture, token, logits and attention: expected different names")
        }
        return found + image.faults.map { "task.\($0)" }
    }
}

/// The rule by which pictures of any size become arrays of one size; see `edge_runtime/spec/vision.py`.
public struct PictureSpec: Sendable {
    public enum Fit: String, CaseIterable, Sendable {
        /// Proportions are lost, nothing else.
        case stretch
        /// The middle of the longer side is kept.
        case crop
        /// The whole picture in the middle of a white square.
        case pad
    }

    public enum Order: String, CaseIterable, Sendable {
        case rgb, bgr
    }

    private static let rulesKnown = 1

    /// Height and width that the model reads, pixels.
    public let size: Int
    public let fit: Fit
    /// With `crop`, the part of the shorter side that is kept, more than 0 to 1.
    public let keep: Double
    /// Of the channels that the model reads.
    public let order: Order
    /// Subtracted from each value, 0 to 255.
    public let mean: Double
    /// By which the difference is divided, more than 0.
    public let scale: Double
    /// Version of what this says.
    public let rules: Int

    init(_ fields: FieldReader) {
        size = fields.whole("size")
        fit = fields.choice("fit", default: .crop)
        keep = fields.number("keep", default: 1)
        order = fields.choice("order", default: .rgb)
        mean = fields.number("mean", default: 127)
        scale = fields.number("scale", default: 128)
        rules = fields.whole("rules", default: Self.rulesKnown)
    }

    var faults: [String] {
        var found: [String] = []
        if !(1...4096).contains(size) { found.append("picture.size: expected 1 to 4096, found \(size)") }
        if !(keep > 0 && keep <= 1) { found.append("picture.keep: expected more than 0, to 1, found \(keep)") }
        if !(mean >= 0 && mean <= 255) { found.append("picture.mean: expected 0 to 255, found \(mean)") }
        if !(scale > 0 && scale < .infinity) { found.append("picture.scale: expected more than 0, found \(scale)") }
        if !(1...Self.rulesKnown).contains(rules) {
            found.append(
                "picture.rules: this version knows rules up to \(Self.rulesKnown), found \(rules): update edgernn")
        }
        return found
    }
}
