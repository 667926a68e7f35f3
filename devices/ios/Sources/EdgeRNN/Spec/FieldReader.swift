/// Collects everything that is wrong with a document, so that all of it can be said at once.
final class Faults {
    private(set) var list: [String] = []

    func add(_ fault: String) { list.append(fault) }
}

extension Json {
    // What is computed with a whole number of a document must not leave 64 bits.
    private static let greatestWhole = 1 << 53

    fileprivate var boundedWhole: Int? {
        whole.flatMap { (-Self.greatestWhole...Self.greatestWhole).contains($0) ? $0 : nil }
    }
}

/// Reads the fields of an untrusted object. What is missing or of another kind is noted, and something harmless given
/// instead: whoever reads looks at the faults before using anything.
final class FieldReader {
    private let fields: [Scalars: Json]
    private let path: String
    private let faults: Faults
    private var read: Set<Scalars> = []

    /// - Parameters:
    ///   - value: Should be an object.
    ///   - path: Where it stands ("" at the top).
    ///   - faults: Takes what is wrong.
    init(_ value: Json, _ path: String, _ faults: Faults) {
        if case .object(let fields) = value {
            self.fields = fields
        } else {
            faults.add("\(path.isEmpty ? "document" : path): expected an object, found \(value.kind)")
            fields = [:]
        }
        self.path = path
        self.faults = faults
    }

    /// To be called behind the last field: others are faults.
    func finish() {
        for name in fields.keys where !read.contains(name) { faults.add("\(place(name.string)): unknown field") }
    }

    func text(_ name: String, default missing: String? = nil) -> String {
        value(name, missing, "", "a text") { $0.text?.string }
    }

    func whole(_ name: String, default missing: Int? = nil) -> Int {
        value(name, missing, 0, "a whole number") { $0.boundedWhole }
    }

    func number(_ name: String, default missing: Double? = nil) -> Double {
        value(name, missing, 0, "a number") { $0.number }
    }

    func flag(_ name: String, default missing: Bool? = nil) -> Bool {
        value(name, missing, false, "true or false") { $0.bool }
    }

    func anything(_ name: String) -> Json { value(name, nil, .null, "anything") { $0 } }

    /// One of the cases of an enumeration.
    func choice<T: RawRepresentable & CaseIterable>(_ name: String, default missing: T? = nil) -> T
    where T.RawValue == String {
        let names = T.allCases.map(\.rawValue)
        return value(name, missing, T.allCases.first!, "one of \(names.joined(separator: ", "))") {
            $0.text.flatMap { T(rawValue: $0.string) }
        }
    }

    func list<T>(_ name: String, default missing: [T]? = nil, _ item: (Json, String) -> T) -> [T] {
        let items: [Json] = value(name, missing.map { _ in [] }, [], "a list") { $0.list }
        return items.enumerated().map { item($1, "\(place(name))[\($0)]") }
    }

    func texts(_ name: String, default missing: [String]? = nil) -> [String] {
        list(name, default: missing) { expected($0.text?.string, "", "a text", $0, $1) }
    }

    func wholes(_ name: String) -> [Int] { list(name) { expected($0.boundedWhole, 0, "a whole number", $0, $1) } }

    func numbers(_ name: String) -> [Double] { list(name) { expected($0.number, 0, "a number", $0, $1) } }

    /// Sizes of which some may be null.
    func sizes(_ name: String) -> [Int?] {
        list(name) { $0 == .null ? nil : expected($0.boundedWhole, 0, "a whole number", $0, $1) }
    }

    func objects<T>(_ name: String, default missing: [T]? = nil, _ make: (FieldReader) -> T) -> [T] {
        list(name, default: missing) { item, path in made(item, path, make) }
    }

    func object<T>(_ name: String, _ make: (FieldReader) -> T) -> T { made(anything(name), place(name), make) }

    /// null, or missing where that is allowed, is nil.
    func optional<T>(_ name: String, required: Bool = false, _ make: (Json, String) -> T) -> T? {
        read.insert(name.scalars)
        guard let found = fields[name.scalars] else {
            if required { faults.add("\(place(name)): missing") }
            return nil
        }
        return found == .null ? nil : make(found, place(name))
    }

    func optionalObject<T>(_ name: String, required: Bool = false, _ make: (FieldReader) -> T) -> T? {
        optional(name, required: required) { made($0, $1, make) }
    }

    func optionalNumber(_ name: String) -> Double? {
        optional(name) { expected($0.number, 0, "a number", $0, $1) }
    }

    func optionalText(_ name: String) -> String? {
        optional(name) { expected($0.text?.string, "", "a text", $0, $1) }
    }

    /// An object whose names are free.
    func named<T>(_ name: String, _ item: (Json, String) -> T) -> [Scalars: T] {
        let found: [Scalars: Json] = value(name, nil, [:], "an object") { $0.fields }
        return Dictionary(uniqueKeysWithValues: found.map { ($0, item($1, "\(place(name)).\($0.string)")) })
    }

    func namedObjects<T>(_ name: String, _ make: (FieldReader) -> T) -> [Scalars: T] {
        named(name) { made($0, $1, make) }
    }

    func namedNumbers(_ name: String) -> [Scalars: Double] {
        named(name) { expected($0.number, 0, "a number", $0, $1) }
    }

    func namedWholes(_ name: String) -> [Scalars: Int] {
        named(name) { expected($0.boundedWhole, 0, "a whole number", $0, $1) }
    }

    private func made<T>(_ value: Json, _ path: String, _ make: (FieldReader) -> T) -> T {
        let reader = FieldReader(value, path, faults)
        let found = make(reader)
        reader.finish()
        return found
    }

    private func value<T>(_ name: String, _ missing: T?, _ harmless: T, _ kind: String, _ get: (Json) -> T?) -> T {
        read.insert(name.scalars)
        guard let found = fields[name.scalars] else {
            if missing == nil { faults.add("\(place(name)): missing") }
            return missing ?? harmless
        }
        return expected(get(found), harmless, kind, found, place(name))
    }

    private func expected<T>(_ value: T?, _ harmless: T, _ kind: String, _ found: Json, _ path: String) -> T {
        if value == nil { faults.add("\(path): expected \(kind), found \(found.kind)") }
        return value ?? harmless
    }

    private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
