/// Characters `start` up to `end` (not included) of a text.
struct Word: Equatable {
    let text: Scalars
    let start: Int
    let end: Int

    init(_ text: Scalars, start: Int) {
        (self.text, self.start, end) = (text, start, start + text.count)
    }
}

/// Cuts a text into words, numbers, marks and symbols, each where it stands in the original.
///
/// Combining characters stay with what they change, and emoji are whole. Chinese, Japanese and the like, whose words
/// nothing separates, come character by character.
struct WordCutting {
    // Between two word characters these join; a comma or a colon only between digits ("1,000", "20:30").
    private static let joiners: Set<Unicode.Scalar> = [
        "-", ".", "_", "'", "\u{2019}", "&", "/", "@", "+", "\u{2010}", "\u{2011}", "\u{B7}",
    ]
    private static let digitJoiners: Set<Unicode.Scalar> = [",", ":"]
    private static let ends: Set<Unicode.Scalar> = [
        ".", "!", "?", "\u{2026}", "\u{3002}", "\u{FF01}", "\u{FF1F}", "\u{61F}", "\u{964}",
    ]
    private static let closing: Set<Unicode.Scalar> = ["\"", "'", ")", "]", "}", "\u{2019}", "\u{201D}", "\u{BB}"]
    private static let rows: Set<Unicode.Scalar> = [".", "-", "*", "=", "_", "~", "\u{2026}", "!", "?"]
    private static let joiner: Unicode.Scalar = "\u{200D}"
    private static let keycap: Unicode.Scalar = "\u{20E3}"

    /// Endings that are cut off as words of their own.
    let clitics: [Scalars]
    /// Whether a word with the period behind it is an abbreviation.
    let abbreviations: Set<Scalars>

    func words(_ text: Scalars) -> [Word] {
        var found: [Word] = []
        for cut in cuts(text) {
            var (start, end) = (cut.lowerBound, cut.upperBound)
            if !clitics.isEmpty, text[start].isLetter {
                let length = clitic(Array(text[start..<end]))
                if length > 0 {
                    found.append(Word(Array(text[start..<(start + length)]), start: start))
                    start += length
                }
            } else if text[start..<end].elementsEqual(["."]), let last = found.last, last.end == start,
                abbreviations.contains(last.text + ["."])
            {
                start = found.removeLast().start
            }
            end = cut.upperBound
            found.append(Word(Array(text[start..<end]), start: start))
        }
        return found
    }

    /// The words by sentence: one ends at its mark, if white space follows, and at an empty line.
    static func sentences(_ text: Scalars, _ words: [Word]) -> [[Word]] {
        var sentences: [[Word]] = [[]]
        var ended = false
        for (number, word) in words.enumerated() {
            let before = number > 0 ? text[words[number - 1].end..<word.start] : []
            let isClosing = word.text.count == 1 && closing.contains(word.text[0])
            let begins = before.filter { $0 == "\n" }.count > 1 || (ended && !before.isEmpty && !isClosing)
            if !sentences[sentences.count - 1].isEmpty && begins { sentences.append([]) }
            sentences[sentences.count - 1].append(word)
            ended = (word.text.count == 1 && ends.contains(word.text[0])) || (ended && isClosing)
        }
        return sentences.filter { !$0.isEmpty }
    }

    /// Where the clitic at a word's end begins; 0: there is none.
    private func clitic(_ word: Scalars) -> Int {
        let plain = word.lowercased().map { $0 == "\u{2019}" ? "'" : $0 }
        guard plain.count == word.count else { return 0 }
        let found = clitics.first { plain.hasSuffix($0) && plain.count > $0.count }
        return found.map { plain.count - $0.count } ?? 0
    }

    private func cuts(_ text: Scalars) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = 0
        while place < text.count {
            if text[place].isBlank {
                place += 1
                continue
            }
            let end = text[place].isOfWordOrMark ? endOfWord(text, place) : endOfSymbol(text, place)
            found.append(place..<end)
            place = end
        }
        return found
    }

    private func endOfWord(_ text: Scalars, _ start: Int) -> Int {
        let alone = text[start].standsAlone
        var place = start + 1
        while place < text.count {
            let here = text[place]
            if here.isMark {
                place += 1
            } else if alone {
                break
            } else if here.isOfWordOrMark {
                if here.standsAlone { break }
                place += 1
            } else if place + 1 < text.count, joins(text[place - 1], here, text[place + 1]) {
                place += 1
            } else {
                break
            }
        }
        return place
    }

    private func joins(_ before: Unicode.Scalar, _ here: Unicode.Scalar, _ after: Unicode.Scalar) -> Bool {
        if Self.joiners.contains(here) { return after.isOfWordOrMark && !after.standsAlone }
        return Self.digitJoiners.contains(here) && before.isDigit && after.isDigit
    }

    /// Behind a mark or symbol with what belongs to it: an emoji's colour, its other parts, a flag's second letter.
    private func endOfSymbol(_ text: Scalars, _ start: Int) -> Int {
        let first = text[start]
        var place = start + 1
        if first.isFlagLetter, place < text.count, text[place].isFlagLetter { place += 1 }
        while place < text.count {
            let here = text[place]
            if here == Self.joiner, place + 1 < text.count, !text[place + 1].isBlank {
                place += 2
            } else if here == Self.joiner || here == Self.keycap || here.isMark || here.isSkinColour {
                place += 1
            } else if here == first, Self.rows.contains(first) {
                // A row of the same mark is one: an ellipsis, a rule.
                place += 1
            } else {
                break
            }
        }
        return place
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool {
        switch properties.generalCategory {
        case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        default: return isSpace || value == 0xFEFF
        }
    }

    fileprivate var isOfWordOrMark: Bool { isLetterOrNumber || isMark }

    fileprivate var isFlagLetter: Bool { (0x1F1E6...0x1F1FF).contains(value) }

    fileprivate var isSkinColour: Bool { (0x1F3FB...0x1F3FF).contains(value) }

    /// Ideographs and kana.
    fileprivate var standsAlone: Bool {
        switch value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: return true
        default: return false
        }
    }
}
