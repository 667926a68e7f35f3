/// A word's label in one column: one, or, where a word can have several, any number.
public enum Label: Equatable, Sendable {
    case one(String)
    case several([String])

    /// As files hold it: several are joined by "|", none is "O".
    public var joined: String {
        switch self {
        case .one(let label): return label
        case .several(let labels):
            let sorted = labels.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            return labels.isEmpty ? "O" : sorted.joined(separator: "|")
        }
    }
}

/// The probabilities of a label, in the same form.
public enum LabelScore: Equatable, Sendable {
    case one(Double)
    case several([Double])
}

/// A word and its labels.
public struct Token: Equatable, Sendable {
    /// Of the word, as it stands in the text.
    public let text: String
    /// Of the column that gives the entities, otherwise of the first one; several are joined by "|".
    public let label: String
    /// Where the word begins in the text, in Unicode scalars.
    public let start: Int
    /// Where it ends (not included).
    public let end: Int
    /// Probability of `label`, 0 to 1; of several labels, that of the least sure decision.
    public let score: Double
    /// By column.
    public let labels: [String: Label]
    /// Their probabilities by column.
    public let scores: [String: LabelScore]
}

/// Words that belong together.
public struct Entity: Equatable, Sendable {
    /// From the first word to the last one, as it stands in the text.
    public let text: String
    /// Of all of it, without a scheme's letters.
    public let label: String
    /// Where it begins in the text, in Unicode scalars.
    public let start: Int
    /// Where it ends (not included).
    public let end: Int
    /// Probability that these words, no more and no less, have this label; 0 to 1.
    public let score: Double
}

/// What a tagger says of a text.
public struct Tagging: Equatable, Sendable {
    /// What was tagged; of a list of words, these between single blanks.
    public let text: String
    /// In order.
    public let tokens: [Token]
    /// Entities by column, for each column that marks spans (entities, phrases).
    public let spans: [String: [Entity]]
    /// Those of the entity columns, in the text's order.
    public let entities: [Entity]

    init(_ text: Scalars, _ tokens: [Token], _ spans: [String: [Entity]], entityColumns: [String]) {
        self.text = text.string
        self.tokens = tokens
        self.spans = spans
        entities = stablySorted(entityColumns.flatMap { spans[$0] ?? [] }) {
            ($0.start, -$0.end) < ($1.start, -$1.end)
        }
    }
}

extension String {
    /// The place of the Unicode scalars [start, end), as tokens and entities count them, in this text.
    public func range(start: Int, end: Int) -> Range<String.Index> {
        let scalars = unicodeScalars
        let first = scalars.index(scalars.startIndex, offsetBy: start)
        return first..<scalars.index(first, offsetBy: end - start)
    }
}
