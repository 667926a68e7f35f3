/// A regular expression by the rules of Python's `re`, over Unicode scalars.
///
/// Foundation's and Swift's own engines read classes, `\w` and offsets in other ways. What the patterns of bundles and of
/// the kit use is known: classes, groups, alternatives, counted repetition, `\s \S \d \D \w \b`, anchors, and looking
/// ahead or back by one group or class. Others are refused when the pattern is read.
struct Pattern {
    /// The pattern is not of this kind.
    struct Unknown: Error {}

    private let program: [Instruction]

    init(_ expression: String, ignoringCase: Bool = false) throws {
        var compiler = PatternCompiler(expression.scalars, ignoringCase)
        program = try compiler.compile()
    }

    init(literal: Scalars) {
        program = literal.map { .set(CharacterSet(items: [.range($0, $0)])) } + [.match]
    }

    /// A pattern of the kit's own, known to be sound.
    init(own expression: String, ignoringCase: Bool = false) {
        do {
            try self.init(expression, ignoringCase: ignoringCase)
        } catch {
            preconditionFailure("a pattern of the kit cannot be read: \(expression)")
        }
    }

    /// Matches from the left, none overlapping, as `re.finditer` gives them.
    func matches(in text: Scalars, from start: Int = 0, to end: Int? = nil) -> [Range<Int>] {
        let end = end ?? text.count
        var found: [Range<Int>] = []
        var place = start
        // Two empty matches at one place would be one too many.
        var mustAdvance = false
        while place <= end {
            guard let stop = match(in: text, at: place, to: end, refusingEmpty: mustAdvance) else {
                place += 1
                mustAdvance = false
                continue
            }
            found.append(place..<stop)
            mustAdvance = stop == place
            place = stop
        }
        return found
    }

    /// Where the match that begins at this place ends; nil where none does.
    func match(in text: Scalars, at place: Int, to end: Int? = nil, refusingEmpty: Bool = false) -> Int? {
        var machine = PatternMachine(program, text, end ?? text.count)
        return machine.run(from: place, refusingEmpty: refusingEmpty)
    }

    /// The text with `content` in the place of each match.
    func replacing(_ text: Scalars, with content: Scalars) -> Scalars {
        var found = Scalars()
        var end = 0
        for match in matches(in: text) {
            found += text[end..<match.lowerBound] + content
            end = match.upperBound
        }
        return found + text[end...]
    }
}

/// A class of characters.
struct CharacterSet {
    enum Item {
        case range(Unicode.Scalar, Unicode.Scalar)
        case space, notSpace, digit, notDigit, word, notWord
    }

    var items: [Item] = []
    var negated = false
    var ignoringCase = false
    /// Whether the first 128 characters are in the class: they are most of what comes.
    private var ascii: [Bool] = []

    init(items: [Item], negated: Bool = false, ignoringCase: Bool = false) {
        (self.items, self.negated, self.ignoringCase) = (items, negated, ignoringCase)
        ascii = (0..<128).map { holds(Unicode.Scalar(UInt8($0))) }
    }

    func contains(_ character: Unicode.Scalar) -> Bool {
        character.value < 128 ? ascii[Int(character.value)] : holds(character)
    }

    private func holds(_ character: Unicode.Scalar) -> Bool {
        let found = has(character) || (ignoringCase && otherCases(character).contains(where: has))
        return found != negated
    }

    private func has(_ character: Unicode.Scalar) -> Bool {
        items.contains { item in
            switch item {
            case .range(let low, let high): return low <= character && character <= high
            case .space: return character.isSpace
            case .notSpace: return !character.isSpace
            case .digit: return character.isDecimal
            case .notDigit: return !character.isDecimal
            case .word: return character.isWordOfPattern
            case .notWord: return !character.isWordOfPattern
            }
        }
    }

    /// The same letter in its other cases; with Python's two that only case folding knows.
    private func otherCases(_ character: Unicode.Scalar) -> Scalars {
        let simple = [character.properties.lowercaseMapping.scalars, character.properties.uppercaseMapping.scalars]
        var found = simple.filter { $0.count == 1 }.map { $0[0] }
        if character == "\u{17F}" || character == "\u{131}" { found.append(character == "\u{17F}" ? "s" : "i") }
        if character == "s" || character == "S" { found.append("\u{17F}") }
        if character == "i" || character == "I" { found.append("\u{131}") }
        if character == "k" || character == "K" { found.append("\u{212A}") }
        return found
    }
}

indirect enum Instruction {
    case set(CharacterSet)
    /// So many of a class, the most that can be at first.
    case repeated(CharacterSet, least: Int, most: Int)
    /// The first way is tried first. Distances from here.
    case split(Int, Int)
    case jump(Int)
    case start, end, boundary
    case look(behind: Bool, negative: Bool, [Instruction])
    case match
}
