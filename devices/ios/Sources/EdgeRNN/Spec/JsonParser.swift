/// The text is not JSON, or nested too deeply.
struct JsonFault: Error {
    /// Byte at which reading ended.
    let place: Int
}

struct JsonParser {
    // What the kit writes is never nested ten deep; a hostile text must not exhaust a thread's stack.
    private static let deepest = 128

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    mutating func document() throws -> Json {
        let found = try value()
        skipBlanks()
        guard place == bytes.count else { throw fault }
        return found
    }

    private var fault: JsonFault { JsonFault(place: place) }

    private var next: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func skipBlanks() {
        while [0x20, 0x09, 0x0A, 0x0D].contains(next), place < bytes.count { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func value() throws -> Json {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw fault }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object() throws -> Json {
        place += 1
        var fields: [Scalars: Json] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(fields) }
        repeat {
            skipBlanks()
            let name = try text()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault }
            fields[name] = try value()
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault }
        return .object(fields)
    }

    private mutating func list() throws -> Json {
        place += 1
        var items: [Json] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .list(items) }
        repeat {
            items.append(try value())
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault }
        return .list(items)
    }

    private mutating func word() throws -> Json {
        let words: [(String, Json)] = [
            ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
            // No JSON, but what Python writes and reads.
            ("NaN", .real(.nan)), ("Infinity", .real(.infinity)),
        ]
        for (spelling, value) in words where bytes[place...].starts(with: spelling.utf8) {
            place += spelling.utf8.count
            return value
        }
        throw fault
    }

    private mutating func number() throws -> Json {
        let start = place
        let negative = take(UInt8(ascii: "-"))
        if negative, bytes[place...].starts(with: "Infinity".utf8) {
            place += 8
            return .real(-.infinity)
        }
        if !take(UInt8(ascii: "0")) { try digits() }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let spelling = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let value = Int(spelling) { return .whole(value) }
        guard let value = Double(spelling) else { throw fault }
        return .real(value)
    }

    private mutating func digits() throws {
        let start = place
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { place += 1 }
        guard place > start else { throw fault }
    }

    private mutating func text() throws -> Scalars {
        guard take(UInt8(ascii: "\"")) else { throw fault }
        var found = Scalars()
        while true {
            let start = place
            while place < bytes.count, bytes[place] >= 0x20, bytes[place] != 0x22, bytes[place] != 0x5C { place += 1 }
            if place > start {
                guard let plain = strictUtf8(bytes[start..<place]) else { throw fault }
                found += plain
            }
            if take(UInt8(ascii: "\"")) { return found }
            guard take(UInt8(ascii: "\\")) else { throw fault }
            found.append(try escaped())
        }
    }

    private mutating func escaped() throws -> Unicode.Scalar {
        let letter = next
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try fourDigits()
        default: throw fault
        }
    }

    /// A scalar by its number; half of a pair alone is U+FFFD.
    private mutating func fourDigits() throws -> Unicode.Scalar {
        let first = try hexNumber()
        if (0xD800...0xDBFF).contains(first), bytes[place...].starts(with: [0x5C, 0x75]) {
            let before = place
            place += 2
            let second = try hexNumber()
            if (0xDC00...0xDFFF).contains(second) {
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
            }
            place = before
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hexNumber() throws -> UInt32 {
        guard place + 4 <= bytes.count else { throw fault }
        let spelling = String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
        guard spelling.allSatisfy(\.isHexDigit), let value = UInt32(spelling, radix: 16) else { throw fault }
        place += 4
        return value
    }
}
