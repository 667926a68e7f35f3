/// Reads a pattern; see `Pattern`.
struct PatternCompiler {
    private let expression: Scalars
    private let ignoringCase: Bool
    private var place = 0
    private var depth = 0

    // A hostile pattern must neither exhaust the stack nor the memory.
    private static let deepest = 50
    private static let longest = 100_000

    init(_ expression: Scalars, _ ignoringCase: Bool) {
        (self.expression, self.ignoringCase) = (expression, ignoringCase)
    }

    mutating func compile() throws -> [Instruction] {
        let program = try alternatives()
        guard place == expression.count else { throw Pattern.Unknown() }
        return program + [.match]
    }

    private var next: Unicode.Scalar? { place < expression.count ? expression[place] : nil }

    private mutating func take(_ characters: String) -> Bool {
        let wanted = characters.scalars
        guard expression[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func alternatives() throws -> [Instruction] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Pattern.Unknown() }
        let first = try sequence()
        guard take("|") else { return first }
        let other = try alternatives()
        return [.split(1, first.count + 2)] + first + [.jump(other.count + 1)] + other
    }

    private mutating func sequence() throws -> [Instruction] {
        var program: [Instruction] = []
        while let character = next, character != "|", character != ")" {
            program += try counted(try atom())
            guard program.count <= Self.longest else { throw Pattern.Unknown() }
        }
        return program
    }

    private mutating func atom() throws -> [Instruction] {
        for (opening, behind, negative) in [
            ("(?=", false, false), ("(?!", false, true), ("(?<=", true, false), ("(?<!", true, true),
        ] where take(opening) {
            return [.look(behind: behind, negative: negative, try group() + [.match])]
        }
        if take("(?:") { return try group() }
        if take("(?") { throw Pattern.Unknown() }
        if take("(") { return try group() }
        if take("[") { return [.set(try characterClass())] }
        if take("\\b") { return [.boundary] }
        if take("^") { return [.start] }
        if take("$") { return [.end] }
        if take(".") { return [.set(CharacterSet(items: [.range("\n", "\n")], negated: true))] }
        guard let character = next, !["*", "+", "?", ")"].contains(character) else { throw Pattern.Unknown() }
        return [.set(CharacterSet(items: [try classItem()], ignoringCase: ignoringCase))]
    }

    private mutating func group() throws -> [Instruction] {
        let program = try alternatives()
        guard take(")") else { throw Pattern.Unknown() }
        return program
    }

    private mutating func counted(_ atom: [Instruction]) throws -> [Instruction] {
        guard let (least, most) = try count() else { return atom }
        // Lazy and possessive repetition, and what nothing can be said of.
        if let character = next, ["?", "+", "*"].contains(character) { throw Pattern.Unknown() }
        if atom.count == 1, case .set(let characters) = atom[0] {
            return [.repeated(characters, least: least, most: most)]
        }
        var program = Array(repeatElement(atom, count: min(least, Self.longest))).flatMap { $0 }
        guard program.count <= Self.longest else { throw Pattern.Unknown() }
        if most == .max { return program + [.split(1, atom.count + 2)] + atom + [.jump(-atom.count - 1)] }
        guard (most - least) * (atom.count + 1) <= Self.longest else { throw Pattern.Unknown() }
        for left in stride(from: most - least, to: 0, by: -1) {
            program += [.split(1, left * (atom.count + 1))] + atom
        }
        return program
    }

    private mutating func count() throws -> (Int, Int)? {
        if take("?") { return (0, 1) }
        if take("*") { return (0, .max) }
        if take("+") { return (1, .max) }
        let before = place
        guard take("{") else { return nil }
        let least = number()
        let most = take(",") ? number() ?? .max : least
        // Python reads a brace that counts nothing as itself.
        guard take("}"), let most, least != nil || expression[before + 1] == "," else {
            place = before
            return nil
        }
        guard least ?? 0 <= most else { throw Pattern.Unknown() }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let character = next, ("0"..."9").contains(character), digits.count < 6 {
            digits.unicodeScalars.append(character)
            place += 1
        }
        return Int(digits)
    }

    private mutating func characterClass() throws -> CharacterSet {
        let negated = take("^")
        var items: [CharacterSet.Item] = []
        // A bracket that comes first is one of the characters.
        repeat {
            guard next != nil else { throw Pattern.Unknown() }
            items.append(try classRange())
        } while !take("]")
        return CharacterSet(items: items, negated: negated, ignoringCase: ignoringCase)
    }

    private mutating func classRange() throws -> CharacterSet.Item {
        let item = try classItem()
        guard case .range(let low, _) = item, place + 1 < expression.count, next == "-", expression[place + 1] != "]"
        else { return item }
        place += 1
        guard case .range(let high, _) = try classItem(), low <= high else { throw Pattern.Unknown() }
        return .range(low, high)
    }

    /// A character, or an escape that stands for one or for a class.
    private mutating func classItem() throws -> CharacterSet.Item {
        guard let character = next else { throw Pattern.Unknown() }
        place += 1
        guard character == "\\" else { return .range(character, character) }
        guard let escaped = next else { throw Pattern.Unknown() }
        place += 1
        switch escaped {
        case "s": return .space
        case "S": return .notSpace
        case "d": return .digit
        case "D": return .notDigit
        case "w": return .word
        case "W": return .notWord
        case "n": return .range("\n", "\n")
        case "r": return .range("\r", "\r")
        case "t": return .range("\t", "\t")
        case "v": return .range("\u{B}", "\u{B}")
        case "f": return .range("\u{C}", "\u{C}")
        case "x": return try numbered(2)
        case "u": return try numbered(4)
        case "U": return try numbered(8)
        default:
            guard !escaped.isWordOfPattern else { throw Pattern.Unknown() }
            return .range(escaped, escaped)
        }
    }

    private mutating func numbered(_ digits: Int) throws -> CharacterSet.Item {
        guard place + digits <= expression.count,
            let value = UInt32(expression[place..<(place + digits)].string, radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw Pattern.Unknown() }
        place += digits
        return .range(scalar, scalar)
    }
}
