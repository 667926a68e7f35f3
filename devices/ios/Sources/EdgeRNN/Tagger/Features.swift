/// From words to what a tagger reads: ids of words, of their characters and of their shapes.
struct Features {
    private static let (pad, unknown, first) = (0, 1, 2)

    private let spec: TagSpec
    private let words: [Scalars: Int]
    private let characters: [Unicode.Scalar: Int]

    init(_ spec: TagSpec, words: [Scalars], characters: Scalars) {
        self.spec = spec
        self.words = Dictionary(words.enumerated().map { ($1, $0 + Self.first) }) { $1 }
        self.characters = Dictionary(characters.enumerated().map { ($1, $0 + Self.first) }) { $1 }
    }

    /// Model inputs by name, each with a batch axis of 1, of one or more words.
    func inputs(_ tokens: [Scalars]) -> [String: Tensor] {
        let shape = [1, tokens.count]
        var found = [spec.words.input: Tensor(ids: tokens.map(word), shape: shape)]
        if let characters = spec.characters {
            let ids = tokens.flatMap { characterIds($0, characters.width) }
            found[characters.input] = Tensor(ids: ids, shape: shape + [characters.width])
        }
        if !spec.shapes.isEmpty { found[spec.shapes] = Tensor(ids: tokens.map(shapeOf), shape: shape) }
        return found
    }

    private func word(_ token: Scalars) -> Int {
        var token = spec.words.lower ? token.lowercased() : token
        if spec.words.zeroDigits { token = token.map { $0.isDecimal ? "0" : $0 } }
        return words[token] ?? Self.unknown
    }

    /// Ids of a word's characters, padded to the width.
    private func characterIds(_ token: Scalars, _ width: Int) -> [Int] {
        var read = token
        if token.count > width {
            let half = width / 2
            read = Array(token.prefix(width - half) + token.suffix(half))
        }
        let ids = read.map { characters[$0] ?? Self.unknown }
        return ids + [Int](repeating: Self.pad, count: width - ids.count)
    }
}

/// A word's shape, 1 to 8; 0 pads.
func shapeOf(_ token: Scalars) -> Int {
    if token.isDigits { return 5 }
    let letters = token.filter(\.isLetter)
    if token.contains(where: \.isDigit) { return letters.isEmpty ? 7 : 6 }
    if letters.isEmpty { return 8 }
    if letters.isLower || !(letters.isUpper || letters != letters.lowercased()) { return 1 }
    if letters.isUpper && letters.count > 1 { return 2 }
    let begins = [letters[0]].isUpper && Array(letters.dropFirst()).isLower
    return begins || letters.count == 1 ? 3 : 4
}
