/// How words become ids: 0 pads, 1 is what the list does not hold, the list's first word is 2.
public struct WordsSpec: Sendable {
    /// The model input that takes them, int32 [1, time].
    public let input: String
    /// Asset name; a word a line.
    public let list: String
    /// Words are looked up in lower case.
    public let lower: Bool
    /// Every digit is looked up as 0.
    public let zeroDigits: Bool

    init(_ fields: FieldReader) {
        input = fields.text("input")
        list = fields.text("list")
        lower = fields.flag("lower")
        zeroDigits = fields.flag("zero_digits")
    }
}

/// How words become their characters' ids.
public struct CharactersSpec: Sendable {
    /// The model input that takes them, int32 [1, time, width].
    public let input: String
    /// Asset name; the characters in a row, UTF-8.
    public let list: String
    /// Characters of a word that are read; of a longer one its first and its last half.
    public let width: Int

    init(_ fields: FieldReader) {
        input = fields.text("input")
        list = fields.text("list")
        width = fields.whole("width")
    }
}

/// One kind of labels.
public struct ColumnSpec: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// One label a token, which depends on its neighbours'.
        case crf
        /// One label a token, the greatest score.
        case one
        /// Any number of labels a token, those whose score is above 0.
        case several
    }

    public enum Scheme: String, CaseIterable, Sendable {
        case iob1, iob2, iobes, none
    }

    /// Of the column ("ner").
    public let name: String
    /// The model output, float32 [1, time, labels].
    public let output: String
    /// Asset name; a label a line, in the order of the output's last axis.
    public let labels: String
    public let kind: Kind
    /// In which the labels mark spans.
    public let scheme: Scheme
    /// Asset name of the labels' effects on each other; "" but for `crf`.
    public let crf: String

    init(_ fields: FieldReader) {
        name = fields.text("name")
        output = fields.text("output")
        labels = fields.text("labels")
        kind = fields.choice("kind")
        scheme = fields.choice("scheme")
        crf = fields.text("crf", default: "")
    }
}

/// Sequence labelling: one or more labels for each word of a text.
public struct TagSpec: Sendable {
    private static let entityNames = ["ner", "ne", "entity", "entities", "ner_tags"]
    private static let leastWidth = 2

    public let words: WordsSpec
    public let characters: CharactersSpec?
    /// The model input that takes each word's shape, int32 [1, time]; "": none.
    public let shapes: String
    public let columns: [ColumnSpec]
    /// Longer sentences are read in windows of so many words.
    public let maxWords: Int
    /// Words that two windows share.
    public let overlap: Int
    /// Endings that are cut off as words of their own ("'s").
    public let clitics: [String]
    /// Asset name; words that keep the period behind them, one a line; "": none.
    public let abbreviations: String

    init(_ fields: FieldReader) {
        words = fields.object("words", WordsSpec.init)
        characters = fields.optionalObject("characters", required: true, CharactersSpec.init)
        shapes = fields.text("shapes")
        columns = fields.objects("columns", ColumnSpec.init)
        maxWords = fields.whole("max_words")
        overlap = fields.whole("overlap")
        clitics = fields.texts("clitics", default: [])
        abbreviations = fields.text("abbreviations", default: "")
    }

    var assets: [String] {
        let lists = [words.list, abbreviations, characters?.list ?? ""]
        return (columns.flatMap { [$0.labels, $0.crf] } + lists).filter { !$0.isEmpty }
    }

    /// Columns whose spans are the entities: one that is called so, otherwise all that have a scheme.
    public var entityColumns: [String] {
        let marked = columns.filter { $0.scheme != .none }.map(\.name)
        let named = marked.filter { Self.entityNames.contains($0.lowercased()) }
        return named.isEmpty ? marked : [named[0]]
    }

    /// The column that a token's label is from where only one is shown.
    public var mainColumn: String { (entityColumns + columns.map(\.name))[0] }

    var faults: [String] {
        var found: [String] = []
        if columns.isEmpty || Set(columns.map(\.name)).count < columns.count {
            found.append("task.columns: one or more are needed, each name once")
        }
        for column in columns where (column.kind == .crf) != !column.crf.isEmpty {
            found.append(
                "task.columns: '\(column.name)': a crf is an asset of columns of that kind, and of no others")
        }
        if !(0 <= overlap && 2 * overlap < maxWords) {
            found.append("task.overlap: expected 0 or more, and less than half of max_words")
        }
        if let width = characters?.width, width < Self.leastWidth {
            found.append("task.characters.width: expected \(Self.leastWidth) or more")
        }
        return found
    }
}
