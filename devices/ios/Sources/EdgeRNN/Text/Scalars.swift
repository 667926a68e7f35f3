/// A text by its Unicode scalars, as the rules of a bundle count characters.
///
/// `String` compares by canonical equivalence and counts grapheme clusters; a vocabulary must do neither.
typealias Scalars = [Unicode.Scalar]

extension String {
    var scalars: Scalars { Array(unicodeScalars) }
}

extension Sequence where Element == Unicode.Scalar {
    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: self)
        return String(view)
    }

    /// UTF-8.
    var utf8: [UInt8] { Array(string.utf8) }
}

extension Array where Element == Unicode.Scalar {
    func hasSuffix(_ other: Scalars) -> Bool {
        count >= other.count && self[(count - other.count)...].elementsEqual(other)
    }

    func hasPrefix(_ other: Scalars) -> Bool { starts(with: other) }

    func removingPrefix(_ other: Scalars) -> Scalars { hasPrefix(other) ? Array(self[other.count...]) : self }

    func removingSuffix(_ other: Scalars) -> Scalars { hasSuffix(other) ? Array(self[..<(count - other.count)]) : self }

    /// Without white space at its beginning.
    func leftStripped() -> Scalars { Array(drop { $0.isSpace }) }

    /// Without white space at its end.
    func rightStripped() -> Scalars {
        var end = count
        while end > 0, self[end - 1].isSpace { end -= 1 }
        return Array(self[..<end])
    }

    func stripped() -> Scalars { rightStripped().leftStripped() }

    /// Where `other`, not empty, begins first; nil where it does not occur.
    func firstPlace(of other: Scalars) -> Int? {
        guard count >= other.count else { return nil }
        return (0...(count - other.count)).first { self[$0..<($0 + other.count)].elementsEqual(other) }
    }

    func split(at separator: Unicode.Scalar) -> [Scalars] {
        split(separator: separator, omittingEmptySubsequences: false).map(Array.init)
    }

    func replacing(_ other: Scalars, with content: Scalars) -> Scalars {
        var found = Scalars()
        var place = 0
        while place < count {
            if place + other.count <= count, self[place..<(place + other.count)].elementsEqual(other) {
                found += content
                place += other.count
            } else {
                found.append(self[place])
                place += 1
            }
        }
        return found
    }
}

/// UTF-8 as text; what is none becomes U+FFFD.
func decodedUtf8(_ bytes: some Collection<UInt8>) -> Scalars {
    String(decoding: bytes, as: UTF8.self).scalars
}

/// UTF-8 as text; nil where it is none.
func strictUtf8(_ bytes: some Collection<UInt8>) -> Scalars? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var found = Scalars()
    while true {
        switch decoder.decode(&iterator) {
        case .scalarValue(let scalar): found.append(scalar)
        case .emptyInput: return found
        case .error: return nil
        }
    }
}
