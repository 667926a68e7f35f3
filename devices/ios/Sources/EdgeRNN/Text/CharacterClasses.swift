/// Kinds of characters, by the rules of Python's `str` methods, which the bundles were made with.
extension Unicode.Scalar {
    /// `str.isalpha`.
    var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }

    /// `str.isdecimal`, and `\d` of `re`.
    var isDecimal: Bool { properties.numericType == .decimal }

    /// `str.isdigit`.
    var isDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }

    /// `str.isalnum`.
    var isLetterOrNumber: Bool { isLetter || properties.numericType != nil }

    /// `str.isspace`, and `\s` of `re`.
    var isSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            return true
        default: return false
        }
    }

    /// `\w` of `re`.
    var isWordOfPattern: Bool { isLetterOrNumber || self == "_" }

    var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }

    var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }

    /// `str.lower` of this character alone.
    var lowered: Scalars { properties.lowercaseMapping.scalars }
}

extension Array where Element == Unicode.Scalar {
    /// `str.islower`: one cased character at least, and all of them lower case.
    var isLower: Bool {
        var cased = false
        for one in self {
            if one.properties.isUppercase || one.isTitlecase { return false }
            cased = cased || one.properties.isLowercase
        }
        return cased
    }

    /// `str.isupper`.
    var isUpper: Bool {
        var cased = false
        for one in self {
            if one.properties.isLowercase || one.isTitlecase { return false }
            cased = cased || one.properties.isUppercase
        }
        return cased
    }

    /// `str.isdigit`.
    var isDigits: Bool { !isEmpty && allSatisfy { $0.isDigit } }

    /// `str.lower`: each character by itself, but for a sigma at a word's end.
    func lowercased() -> Scalars {
        var found = Scalars()
        for (place, one) in enumerated() {
            if one == "\u{3A3}" {
                found.append(endsWord(place) ? "\u{3C2}" : "\u{3C3}")
            } else {
                found += one.lowered
            }
        }
        return found
    }

    /// Whether a cased character stands before this place and none behind, whatever case ignores between.
    private func endsWord(_ place: Int) -> Bool {
        let before = self[..<place].last { !$0.properties.isCaseIgnorable }
        let after = self[(place + 1)...].first { !$0.properties.isCaseIgnorable }
        return (before?.properties.isCased ?? false) && !(after?.properties.isCased ?? false)
    }
}
