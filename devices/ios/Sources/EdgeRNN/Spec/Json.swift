/// Parsed JSON (RFC 8259).
///
/// Foundation's parser is not used: its keys are `String`s, of which two spellings of "é" are one, and a vocabulary may
/// hold both; and it does not tell 1 from 1.0.
enum Json: Equatable {
    case null
    case bool(Bool)
    case whole(Int)
    case real(Double)
    case text(Scalars)
    case list([Json])
    case object([Scalars: Json])

    /// Parses UTF-8.
    init(_ bytes: [UInt8]) throws {
        var parser = JsonParser(bytes)
        self = try parser.document()
    }

    subscript(_ name: String) -> Json? {
        guard case .object(let fields) = self else { return nil }
        return fields[name.scalars]
    }

    var whole: Int? {
        guard case .whole(let value) = self else { return nil }
        return value
    }

    var number: Double? {
        switch self {
        case .whole(let value): return Double(value)
        case .real(let value): return value
        default: return nil
        }
    }

    var text: Scalars? {
        guard case .text(let value) = self else { return nil }
        return value
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var list: [Json]? {
        guard case .list(let items) = self else { return nil }
        return items
    }

    var fields: [Scalars: Json]? {
        guard case .object(let fields) = self else { return nil }
        return fields
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .null: return "null"
        case .bool: return "true or false"
        case .whole, .real: return "a number"
        case .text: return "a text"
        case .list: return "a list"
        case .object: return "an object"
        }
    }
}
