import Foundation

/// A word that may come.
public struct Suggestion: Equatable, Sendable {
    /// The whole word, what has been typed of it included.
    public let text: String
    /// Its probability, 0 to 1.
    public let score: Double
    /// Whether it goes on the word that is being typed; otherwise it follows it.
    public let completes: Bool
}

/// A text that is being typed.
struct Typed {
    /// What the model reads: without the word that is being typed and the blank before it.
    let before: Scalars
    /// What has been typed of a word.
    let partial: Scalars
    /// Whether a blank lies between the two.
    let blank: Bool

    /// Divides a text at the beginning of its last word.
    init(_ text: Scalars) {
        var cut = text.count
        while cut > 0, text[cut - 1].isOfWord { cut -= 1 }
        let before = Array(text[..<cut])
        blank = before.last == " "
        self.before = before.removingSuffix([" "])
        partial = Array(text[cut...])
    }
}

extension Unicode.Scalar {
    /// Letters, digits, apostrophes.
    fileprivate var isOfWord: Bool { isLetterOrNumber || self == "'" || self == "\u{2019}" || self == "_" }
}

/// Completes the word that is being typed, and predicts the next one.
final class Words {
    // Of words that are made of several tokens: beginnings that are followed, and tokens that a word has at most.
    private static let beams = 12
    private static let longest = 24

    private let pieces: Pieces
    /// Tokens by their texts, and these.
    private let sorted: [Int]
    private let allowed: [Bool]
    /// Allowed, and not only white space.
    private let visible: [Bool]
    /// Tokens that cannot go on a word.
    private let boundary: [Int]

    /// - Parameter forbidden: Tokens that are no text.
    init(_ pieces: Pieces, forbidden: [Int]) {
        self.pieces = pieces
        let texts = pieces.texts
        sorted = stablySorted(Array(texts.indices)) { texts[$0].lexicographicallyPrecedes(texts[$1]) }
        let allowed = texts.indices.map { !forbidden.contains($0) }
        self.allowed = allowed
        visible = texts.indices.map { allowed[$0] && !texts[$0].stripped().isEmpty }
        boundary = texts.indices.filter { texts[$0].first.map { !$0.isOfWord } ?? true }
    }

    /// The k most probable words, the most probable first.
    ///
    /// - Parameters:
    ///   - reading: Of `text.before`.
    ///   - text: What has been typed.
    func suggest(_ reading: Reading, _ text: Typed, _ k: Int) throws -> [Suggestion] {
        // Where tokens stand between blanks, blanks are no tokens.
        let prefix = (text.blank && pieces.level != .blank ? [" "] : []) + text.partial
        let isWhole = pieces.level == .blank || pieces.level == .word
        let found = isWhole ? wholeTokens(logSoftmax(reading.logits), prefix, k) : try inPieces(reading, prefix, k)
        return found.map { word, log in
            Suggestion(text: strippedOfBlanks(word).string, score: exp(log), completes: !text.partial.isEmpty)
        }
    }

    private func strippedOfBlanks(_ word: Scalars) -> Scalars {
        let start = word.firstIndex { $0 != " " } ?? word.count
        let end = word.lastIndex { $0 != " " }.map { $0 + 1 } ?? start
        return Array(word[start..<end])
    }

    private func wholeTokens(_ logs: [Double], _ prefix: Scalars, _ k: Int) -> [(Scalars, Double)] {
        let isTyped = !prefix.stripped().isEmpty
        let agreeing = prefix.isEmpty ? Array(0..<pieces.count) : beginning(with: prefix)
        let candidates = agreeing.filter { isTyped ? allowed[$0] : visible[$0] }
        guard !candidates.isEmpty else { return [] }
        // Of what begins with what was typed, the shares; of all, the probabilities.
        let whole = isTyped ? logSum(candidates.map { logs[$0] }) : 0
        let ids = candidates.sorted()
        return greatest(ids.map { logs[$0] }, k).prefix(k).map { (pieces.texts[ids[$0]], logs[ids[$0]] - whole) }
    }

    /// Tokens whose text begins with `prefix`.
    private func beginning(with prefix: Scalars) -> [Int] {
        let start = place { pieces.texts[$0].lexicographicallyPrecedes(prefix) }
        return Array(sorted[start...].prefix { pieces.texts[$0].hasPrefix(prefix) })
    }

    private func exactly(_ text: Scalars) -> [Int] {
        let start = place { pieces.texts[$0].lexicographicallyPrecedes(text) }
        return Array(sorted[start...].prefix { pieces.texts[$0] == text })
    }

    /// Where in `sorted` the tokens begin of which this is not true any more.
    private func place(_ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private struct Beam {
        let total: Double
        let word: Scalars
        let reading: Reading
        let logits: [Float]
    }

    private struct Grown {
        let total: Double
        let word: Scalars
        let token: Int
        let reading: Reading
    }

    /// A beam search over tokens that agree with the prefix, each word up to where the next one may begin.
    private func inPieces(_ reading: Reading, _ prefix: Scalars, _ k: Int) throws -> [(Scalars, Double)] {
        var beams = [Beam(total: 0, word: [], reading: try reading.fork(), logits: reading.logits)]
        var found: [Scalars: Double] = [:]
        for _ in 0..<Self.longest {
            var grown: [Grown] = []
            for beam in beams {
                let logs = logSoftmax(beam.logits)
                if beam.word.count >= prefix.count, !beam.word.stripped().isEmpty {
                    let ends = beam.total + logSum(boundary.map { logs[$0] })
                    found[beam.word] = logSum([found[beam.word] ?? -.infinity, ends])
                }
                grown += next(beam.word, prefix, logs).map {
                    Grown(total: beam.total + logs[$0], word: beam.word, token: $0, reading: beam.reading)
                }
            }
            let best = stablySorted(grown) { $0.total > $1.total }
            let worst = found.count >= k ? found.values.sorted(by: >)[k - 1] : -.infinity
            let kept = best.prefix(Self.beams).filter { $0.total > worst }
            if kept.isEmpty { break }
            beams = try kept.map { one in
                let own = try one.reading.fork()
                return Beam(
                    total: one.total, word: one.word + pieces.texts[one.token], reading: own,
                    logits: try own.step(one.token))
            }
        }
        let ranked = found.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
        }
        // Of what begins with what was typed, the shares among those found.
        let whole = prefix.stripped().isEmpty || found.isEmpty ? 0 : logSum(Array(found.values))
        return ranked.prefix(k).map { ($0.key, $0.value - whole) }
    }

    /// The best tokens that agree with the prefix and do not begin another word.
    private func next(_ word: Scalars, _ prefix: Scalars, _ logs: [Double]) -> [Int] {
        let left = Array(prefix.dropFirst(word.count))
        var ids: [Int]
        if !left.isEmpty {
            ids = beginning(with: left) + (1..<left.count).flatMap { exactly(Array(left[..<$0])) }
        } else {
            let barred = word.isEmpty ? [] : Set(boundary)
            ids = (0..<pieces.count).filter { !barred.contains($0) }
        }
        ids = ids.filter { allowed[$0] }
        return greatest(ids.map { logs[$0] }, Self.beams).map { ids[$0] }
    }
}

/// Natural logarithms of the probabilities.
func logSoftmax(_ logits: [Float]) -> [Double] {
    let most = Double(logits.max() ?? 0)
    let shifted = logits.map { Double($0) - most }
    let all = log(shifted.reduce(0) { $0 + exp($1) })
    return shifted.map { $0 - all }
}

/// The logarithm of the sum of the exponentials.
func logSum(_ logs: [Double]) -> Double {
    guard let most = logs.max(), most > -.infinity else { return -.infinity }
    return log(logs.reduce(0) { $0 + exp($1 - most) }) + most
}
