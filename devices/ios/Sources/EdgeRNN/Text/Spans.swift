/// Characters [start, stop) of a text, by Unicode scalars.
typealias Span = Range<Int>

private let wordPattern = Pattern(own: #"\S+"#)

/// Each word's characters and the numbers of the tokens that wrote it; words without any are left out.
///
/// - Parameters:
///   - text: Words stand between blanks.
///   - tokens: Characters that each of its tokens wrote, maybe none.
func wordsWithTokens(_ text: Scalars, _ tokens: [Span]) -> [(Span, [Int])] {
    wordPattern.matches(in: text).compactMap { word in
        let found = tokens.indices.filter { number in
            let (start, stop) = (tokens[number].lowerBound, tokens[number].upperBound)
            return start < word.upperBound && max(stop, start + 1) > word.lowerBound
        }
        return found.isEmpty ? nil : (word, found)
    }
}

/// The first `maxChars` characters of a text.
func cleaned(_ text: Scalars, _ maxChars: Int) -> Scalars { Array(text.prefix(max(0, maxChars))) }
