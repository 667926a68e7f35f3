/// A source as the model reads it, and which of its words each token belongs to.
struct SourceText {
    let text: Scalars
    let ids: [Int]
    /// For each token the characters of the word that it belongs to.
    let words: [Span]
    /// Places of the tokens that stand for something.
    let stoodFor: [Int]

    /// Tokenizes a source.
    ///
    /// - Parameters:
    ///   - standIns: Characters that stand for something: each is read as the unknown token.
    ///   - longest: Tokens that are read at most.
    ///   - byWord: Whether to find out which word each token belongs to; otherwise each belongs to all.
    init(
        _ text: Scalars, _ encode: (Scalars) -> [Int], standIns: Set<Unicode.Scalar>, unknown: Int, longest: Int,
        byWord: Bool
    ) {
        var ids: [Int] = []
        var words: [Span] = []
        var stoodFor: [Int] = []
        var start = 0
        for place in text.indices.filter({ standIns.contains(text[$0]) }) + [text.count] {
            let piece = Array(text[start..<place])
            let part = piece.isEmpty ? [] : encode(piece)
            ids += part
            words +=
                byWord
                ? tokenWords(piece, encode, part).map { $0.moved(start) }
                : [Span](repeating: start..<place, count: part.count)
            if place < text.count {
                stoodFor.append(ids.count)
                ids.append(unknown)
                words.append(place..<(place + 1))
            }
            start = place + 1
        }
        self.text = text
        self.ids = Array(ids.prefix(longest))
        self.words = Array(words.prefix(longest))
        self.stoodFor = stoodFor.filter { $0 < longest }
    }

    /// What comes in the place of an unknown token: what a token stands for, or the word, that got most attention.
    ///
    /// - Parameter used: Places of tokens that have come; one more may be put into it.
    func copied(_ attention: [Float], _ used: inout Set<Int>) -> Scalars {
        let left = stoodFor.filter { !used.contains($0) && $0 < attention.count }
        if !left.isEmpty {
            let place = left[argmax(left.map { attention[$0] })]
            used.insert(place)
            return Array(text[words[place]])
        }
        return words.isEmpty ? [] : Array(text[mostAttended(attention, words).0])
    }
}

/// Puts a translation together, token by token.
struct Speaker {
    /// Characters that each token has written.
    private(set) var spans: [Span] = []
    private let decoder: PieceDecoder
    private let task: TranslateSpec
    private let source: SourceText
    private var used: Set<Int> = []
    private var length = 0

    init(_ pieces: Pieces, _ task: TranslateSpec, _ source: SourceText) {
        (decoder, self.task, self.source) = (pieces.decoder(), task, source)
    }

    /// The text that a token adds.
    mutating func feed(_ token: Int, _ attention: [Float]?) -> Scalars {
        var text = decoder.feed(token)
        if token == task.special.unknown { text = copied(attention) }
        if length == 0 { text = text.leftStripped() }
        spans.append(length..<(length + text.count))
        length += text.count
        return text
    }

    /// What is left at the end.
    func finish() -> Scalars { decoder.finish() }

    private mutating func copied(_ attention: [Float]?) -> Scalars {
        let text = attention.map { source.copied($0, &used) } ?? []
        // Where tokens are words, the blank before one is part of it.
        return length > 0 && (task.level == .blank || task.level == .word) ? [" "] + text : text
    }
}
