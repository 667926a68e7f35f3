/// Text to token ids, as a `tokenizer.json` in Hugging Face tokenizers' format says: the kinds that the kit's trainings
/// write. Whatever it does not know is refused by name instead of being guessed.
final class Tokenizer {
    private let normalize: (Scalars) -> Scalars
    private let split: (Scalars) -> [Scalars]
    private let model: TokenModel
    private let before: [Int]
    private let after: [Int]
    private let maxLength: Int?

    /// - Throws: `BundleError`: a part is missing or malformed; `RuntimeUnavailable`: a part is of an unknown kind.
    init(_ data: [UInt8]) throws {
        guard let document = try? Json(data) else { throw BundleError("the tokenizer is not JSON") }
        guard let model = document["model"], case .object = model else {
            throw BundleError("the tokenizer has no model: it is not in Hugging Face tokenizers' format")
        }
        normalize = try Normalizer.make(document["normalizer"] ?? .null)
        split = try PreTokenizer.make(document["pre_tokenizer"] ?? .null)
        self.model = try tokenModel(model)
        (before, after) = try Self.template(document["post_processor"] ?? .null)
        maxLength = try Self.maxLength(document["truncation"] ?? .null, added: before.count + after.count)
    }

    /// Token ids; the special tokens' own spelling in a text is text like any other.
    func encode(_ text: Scalars) -> [Int] {
        var ids: [Int] = []
        for word in split(normalize(text)) {
            ids += model.encode(word)
            if let maxLength, ids.count >= maxLength { break }
        }
        return before + (maxLength.map { Array(ids.prefix($0)) } ?? ids) + after
    }

    private static func template(_ spec: Json) throws -> ([Int], [Int]) {
        if spec == .null { return ([], []) }
        guard spec["type"]?.text?.string == "TemplateProcessing" else { throw refused("post-processor", spec) }
        guard let single = spec["single"]?.list else { throw malformed("post_processor") }
        var (before, after): ([Int], [Int]) = ([], [])
        var isBehind = false
        for item in single {
            if item["Sequence"] != nil {
                isBehind = true
                continue
            }
            guard let name = item["SpecialToken"]?["id"]?.text,
                let ids = spec["special_tokens"]?.fields?[name]?["ids"]?.list?.mapped(\.tokenId)
            else { throw malformed("post_processor") }
            if isBehind { after += ids } else { before += ids }
        }
        return (before, after)
    }

    private static func maxLength(_ spec: Json, added: Int) throws -> Int? {
        if spec == .null { return nil }
        guard let length = spec["max_length"]?.tokenId, let direction = spec["direction"]?.text else {
            throw malformed("truncation")
        }
        guard direction.string == "Right" else { throw refused("truncation", spec) }
        return max(length - added, 0)
    }

    static func malformed(_ part: String) -> BundleError { BundleError("the tokenizer is malformed: \(part)") }

    static func refused(_ part: String, _ spec: Json) -> RuntimeUnavailable {
        RuntimeUnavailable(
            "the tokenizer's \(part) '\(spec["type"]?.text?.string ?? "")' is of a kind that is not known here")
    }
}

/// Patterns that mean the same in every engine.
enum TokenizerPattern {
    // Classes such as \w and \p differ between engines and Unicode versions; look-around and nested quantifiers are left
    // out because they can take exponential time.
    private static let different = Pattern(
        own: #"\\[^\\\[\](){}.*+?|^$/\-nrt]|\(\?|\)[*+{]|&&|\[\[|\[:"#)

    /// {"String": ...} or {"Regex": ...} out of a tokenizer.json.
    static func make(_ spec: Json?) throws -> Pattern {
        if let literal = spec?["String"]?.text { return Pattern(literal: literal) }
        guard let expression = spec?["Regex"]?.text, different.matches(in: expression).isEmpty,
            let pattern = try? Pattern(expression.string)
        else { throw RuntimeUnavailable("the tokenizer's pattern is of a kind that is not known here") }
        return pattern
    }
}

/// Changes a text before it is split.
enum Normalizer {
    static func make(_ spec: Json) throws -> (Scalars) -> Scalars {
        if spec == .null { return { $0 } }
        switch spec["type"]?.text?.string {
        case "Sequence":
            guard let items = spec["normalizers"]?.list else { throw Tokenizer.malformed("normalizer") }
            let parts = try items.map(make)
            return { text in parts.reduce(text) { $1($0) } }
        case "Lowercase":
            // Character by character: a sigma's neighbours do not count here.
            return { text in text.flatMap(\.lowered) }
        case "Replace":
            let pattern = try TokenizerPattern.make(spec["pattern"])
            guard let content = spec["content"]?.text else { throw Tokenizer.malformed("normalizer") }
            return { pattern.replacing($0, with: content) }
        default: throw Tokenizer.refused("normalizer", spec)
        }
    }
}

/// Cuts a text into words, which the model encodes one by one.
enum PreTokenizer {
    static func make(_ spec: Json) throws -> (Scalars) -> [Scalars] {
        if spec == .null { return { $0.isEmpty ? [] : [$0] } }
        let behavior = spec["behavior"]?.text?.string
        switch spec["type"]?.text?.string {
        case "Sequence":
            guard let items = spec["pretokenizers"]?.list else { throw Tokenizer.malformed("pre_tokenizer") }
            let parts = try items.map(make)
            return { text in parts.reduce([text]) { words, part in words.flatMap(part) } }
        case "Split" where spec["invert"]?.bool != true && (behavior == "Isolated" || behavior == "Removed"):
            let pattern = try TokenizerPattern.make(spec["pattern"])
            return { splitted($0, pattern, keeps: behavior == "Isolated") }
        case "ByteLevel" where spec["add_prefix_space"]?.bool == false && spec["use_regex"]?.bool == false:
            return { $0.isEmpty ? [] : [ByteLevel.characters(of: $0)] }
        default: throw Tokenizer.refused("pre-tokenizer", spec)
        }
    }

    private static func splitted(_ text: Scalars, _ pattern: Pattern, keeps: Bool) -> [Scalars] {
        var words: [Scalars] = []
        var end = 0
        for match in pattern.matches(in: text) {
            words.append(Array(text[end..<match.lowerBound]))
            if keeps { words.append(Array(text[match])) }
            end = match.upperBound
        }
        words.append(Array(text[end...]))
        return words.filter { !$0.isEmpty }
    }
}

/// GPT-2's table: every byte as a printable character, so that a vocabulary of characters covers any text.
enum ByteLevel {
    private static let table: Scalars = {
        var others = (0x100...0x1FF).makeIterator()
        return (0..<256).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            return Unicode.Scalar(UInt32(isPrintable ? byte : others.next()!))!
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: table.enumerated().map { ($1, UInt8($0)) })

    /// The UTF-8 bytes of a text, each as its character.
    static func characters(of text: Scalars) -> Scalars { text.utf8.map { table[Int($0)] } }

    /// The inverse; characters that stand for no byte as their UTF-8.
    static func bytes(of characters: Scalars) -> [UInt8] {
        characters.flatMap { bytes[$0].map { [$0] } ?? [$0].utf8 }
    }
}
