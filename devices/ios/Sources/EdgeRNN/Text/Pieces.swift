/// What each token of a vocabulary is in a text.
final class Pieces {
    private static let greatestCount = 2_000_000

    let level: TokenLevel
    /// Of each token, by id; for byte-level tokens the text of their whole characters, what is left of others shown as
    /// U+FFFD.
    let texts: [Scalars]
    private let bytes: [[UInt8]]

    /// - Parameters:
    ///   - tokenizer: Content of a tokenizer.json with a vocabulary.
    ///   - end: The token that ends a text, which is no text itself; a line's end where tokens stand between blanks.
    ///   - unknown: The token for what the vocabulary does not hold.
    /// - Throws: `BundleError`: there is no vocabulary, or it has gaps.
    init(_ tokenizer: [UInt8], _ level: TokenLevel, end: Int, unknown: Int) throws {
        let words = try Self.vocabulary(tokenizer)
        guard words.indices.contains(end), words.indices.contains(unknown) else {
            throw BundleError("the tokenizer's vocabulary does not hold the end or the unknown token")
        }
        self.level = level
        var bytes = level == .bpe ? words.map(ByteLevel.bytes) : []
        if level == .bpe { for special in [end, unknown] { bytes[special] = [] } }
        var texts = level == .bpe ? bytes.map { decodedUtf8($0) } : words
        texts[unknown] = level == .bpe ? [] : ["\u{FFFD}"]
        texts[end] = level == .blank ? ["\n"] : []
        (self.bytes, self.texts) = (bytes, texts)
    }

    /// Number of tokens.
    var count: Int { texts.count }

    /// Puts tokens together that follow the text `after`.
    func decoder(after: Scalars = []) -> PieceDecoder { PieceDecoder(self, after) }

    /// The bytes of a byte-level token; nil where tokens are text.
    func data(of token: Int) -> [UInt8]? { bytes.isEmpty ? nil : bytes[token] }

    private static func vocabulary(_ tokenizer: [UInt8]) throws -> [Scalars] {
        guard let fields = (try? Json(tokenizer))?["model"]?["vocab"]?.fields else {
            throw BundleError("the tokenizer has no vocabulary")
        }
        var words = [Scalars?](repeating: nil, count: min(fields.count, greatestCount))
        for (word, number) in fields {
            guard let place = number.whole, words.indices.contains(place), words[place] == nil else {
                throw BundleError("the tokenizer's vocabulary has gaps")
            }
            words[place] = word
        }
        guard !words.isEmpty, let whole = words.mapped({ $0 }) else {
            throw BundleError("the tokenizer's vocabulary has gaps")
        }
        return whole
    }
}

/// Text as it comes: a character whose bytes are in several tokens is passed on when it is whole.
final class PieceDecoder {
    private let pieces: Pieces
    private var utf8 = Utf8Stream()
    private var isGlued: Bool

    init(_ pieces: Pieces, _ after: Scalars) {
        self.pieces = pieces
        isGlued = after.last.map { $0 == " " || $0 == "\n" } ?? true
    }

    /// The text that this token adds.
    func feed(_ token: Int) -> Scalars {
        if let data = pieces.data(of: token) { return utf8.feed(data) }
        let text = pieces.texts[token]
        guard pieces.level == .blank else { return text }
        let added = isGlued || text == ["\n"] ? text : [" "] + text
        isGlued = text == ["\n"]
        return added
    }

    /// What is left: bytes of a character that never became whole, as U+FFFD.
    func finish() -> Scalars { utf8.finish() }
}

/// UTF-8 in pieces; what is none becomes U+FFFD, once for each longest beginning of a character (Unicode's rule).
struct Utf8Stream {
    private var held: [UInt8] = []

    mutating func feed(_ bytes: [UInt8]) -> Scalars {
        held += bytes
        let whole = held.count - unfinished()
        let text = decodedUtf8(held[..<whole])
        held.removeFirst(whole)
        return text
    }

    mutating func finish() -> Scalars {
        let text = decodedUtf8(held)
        held = []
        return text
    }

    /// Bytes at the end that may be the beginning of a character.
    private func unfinished() -> Int {
        for length in 1...3 where length <= held.count {
            let tail = Array(held[(held.count - length)...])
            if tail[0] & 0xC0 == 0x80 { continue }
            return mayBegin(tail) ? length : 0
        }
        return 0
    }

    private func mayBegin(_ tail: [UInt8]) -> Bool {
        let needed: Int
        switch tail[0] {
        case 0xC2...0xDF: needed = 2
        case 0xE0...0xEF: needed = 3
        case 0xF0...0xF4: needed = 4
        default: return false
        }
        guard tail.count < needed else { return false }
        guard tail.count > 1 else { return true }
        // The second byte of some is bounded: no surrogates, nothing too long, nothing beyond U+10FFFF.
        switch (tail[0], tail[1]) {
        case (0xE0, ..<0xA0), (0xED, 0xA0...), (0xF0, ..<0x90), (0xF4, 0x90...): return false
        default: return true
        }
    }
}
