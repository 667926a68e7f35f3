/// What a translation must keep: addresses, variables, inline tags, numbers; `edge_runtime/translate/kept.py` has the rule.
enum Kept {
    private static let address =
        #"(?:\b[a-z][a-z0-9+.\-]{1,15}://|\bwww\.)[^\s<>"]{0,2000}[^\s<>"'.,;:!?)\]}\u2019\u201d]"#
        + #"|[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}"#
    private static let variable = #"\$?\{\{?[^{}\s]{1,80}\}?\}|%\(\w{1,80}\)[sdf]|%[sdf]\b|%\d+\$[sd]"#
    private static let digits = #"\d(?:[\d.,:/'\u00a0\-]{0,40}\d)"#
    private static let replaced = Pattern(own: "\(address)|\(variable)", ignoringCase: true)
    private static let number = Pattern(own: digits)
    private static let cut = Pattern(own: "\(address)|\(variable)|\(digits)", ignoringCase: true)
    private static let tag = Pattern(own: "</?[A-Za-z][^<>]{0,300}>")
    // Private characters, each of which may stand for something else.
    private static let standIns: Range<UInt32> = 0xF0000..<0xFFFFE
    // Numbers that may: such as are no hour, day or month; longer ones where these do not do.
    private static let spokenNumbers = Array(41..<100) + Array(141..<1000)

    /// A sentence with a character or a number in the place of each thing that must be kept.
    struct Masked {
        let edited: Edited
        /// What each of them stands for.
        let kept: [Scalars: Scalars]

        /// A translation with what they stand for; nil where it does not have each of them once.
        func restored(_ text: Scalars) -> Edited? {
            var changes: [(Span, Scalars)] = []
            for (one, original) in kept {
                let places = Kept.places(of: one, in: text)
                guard places.count == 1 else { return nil }
                changes.append((places[0], original))
            }
            return Edited(text, changes.sorted { $0.0.lowerBound < $1.0.lowerBound })
        }
    }

    /// Puts something that does not occur in a sentence in the place of addresses and variables.
    ///
    /// - Parameters:
    ///   - numbers: Of numbers with two digits or more too.
    ///   - spoken: Numbers of two digits, or of three where there are many; otherwise private characters.
    static func mask(_ sentence: Scalars, numbers: Bool, spoken: Bool) -> Masked {
        var free = StandIns(spoken: spoken, absentFrom: sentence)
        var changes: [(Span, Scalars)] = []
        var kept: [Scalars: Scalars] = [:]
        for span in (numbers ? cut : replaced).matches(in: sentence) {
            // No more things than there are stand-ins for them: what is left is text like any other.
            guard let one = free.next() else { break }
            kept[one] = Array(sentence[span])
            changes.append((span, one))
        }
        return Masked(edited: Edited(sentence, changes), kept: kept)
    }

    /// What may stand for something else, one after the other.
    private struct StandIns: IteratorProtocol {
        private let sentence: Scalars
        private let spoken: Bool
        private var place = 0

        init(spoken: Bool, absentFrom sentence: Scalars) { (self.sentence, self.spoken) = (sentence, spoken) }

        mutating func next() -> Scalars? {
            while let one = candidate() {
                place += 1
                if sentence.firstPlace(of: one) == nil { return one }
            }
            return nil
        }

        private func candidate() -> Scalars? {
            if spoken { return place < spokenNumbers.count ? "\(spokenNumbers[place])".scalars : nil }
            return place < standIns.count ? Unicode.Scalar(standIns.lowerBound + UInt32(place)).map { [$0] } : nil
        }
    }

    /// Where a stand-in is in a text; a number not within a longer one.
    fileprivate static func places(of one: Scalars, in text: Scalars) -> [Span] {
        let isNumber = one.isDigits
        var found: [Span] = []
        var start = 0
        while let place = Array(text[start...]).firstPlace(of: one).map({ $0 + start }) {
            let end = place + one.count
            let isWithin =
                isNumber && ((place > 0 && text[place - 1].isDecimal) || (end < text.count && text[end].isDecimal))
            if !isWithin { found.append(place..<end) }
            start = isWithin ? place + 1 : end
        }
        return found
    }

    /// A translation with the numbers of its source; nil where one is missing and nothing stands for it.
    ///
    /// Where one number of the source is missing and one that the source does not have is there, the model has misspelt
    /// it: the source's takes its place. Several of them might have changed places.
    static func renumbered(_ source: Scalars, _ text: Scalars) -> Edited? {
        let (wanted, found) = (numbers(source), numbers(text))
        let missing = beyond(wanted, found)
        let strange = beyond(found, wanted)
        if missing.isEmpty { return Edited(text, []) }
        guard missing.count == 1, strange.count == 1 else { return nil }
        return Edited(text, [(strange[0].0, missing[0].1)])
    }

    /// The sentence in pieces, and whether each must be kept; they add up to it.
    static func pieces(_ sentence: Scalars) -> [(Scalars, Bool)] {
        var pieces: [(Scalars, Bool)] = []
        var end = 0
        for span in cut.matches(in: sentence) {
            pieces.append((Array(sentence[end..<span.lowerBound]), false))
            pieces.append((Array(sentence[span]), true))
            end = span.upperBound
        }
        pieces.append((Array(sentence[end...]), false))
        return pieces.filter { !$0.0.isEmpty }
    }

    /// A sentence without its inline tags.
    struct Untagged {
        /// The sentence before and after.
        let edited: Edited
        /// Place in the text after, and the tag, in order.
        let tags: [(Int, Scalars)]
    }

    /// Takes the inline tags out.
    static func untag(_ sentence: Scalars) -> Untagged {
        let spans = tag.matches(in: sentence)
        var taken = 0
        var tags: [(Int, Scalars)] = []
        for span in spans {
            tags.append((span.lowerBound - taken, Array(sentence[span])))
            taken += span.count
        }
        return Untagged(edited: Edited(sentence, spans.map { ($0, []) }), tags: tags)
    }

    /// A translation with the tags of its source, in their order.
    static func retagged(_ text: Scalars, _ tags: [(Int, Scalars)], _ links: [Link]) -> Edited {
        var changes: [(Span, Scalars)] = []
        var least = 0
        for (place, tag) in tags {
            least = max(least, self.place(of: tag, place, text, links))
            changes.append((least..<least, tag))
        }
        return Edited(text, changes)
    }

    private static func place(of tag: Scalars, _ place: Int, _ text: Scalars, _ links: [Link]) -> Int {
        if tag.hasPrefix(["<", "/"]) {
            let ends = links.filter { $0.source.lowerBound < place }.map(\.target.upperBound)
            return ends.max() ?? (place == 0 ? 0 : text.count)
        }
        return links.filter { $0.source.upperBound > place }.map(\.target.lowerBound).min() ?? text.count
    }

    private static func numbers(_ text: Scalars) -> [(Span, Scalars)] {
        number.matches(in: text).map { ($0, Array(text[$0])) }
    }

    /// Those of some numbers that the others do not have as often, however their digits are grouped.
    private static func beyond(_ some: [(Span, Scalars)], _ others: [(Span, Scalars)]) -> [(Span, Scalars)] {
        var left: [Scalars: Int] = [:]
        for (_, number) in others { left[number.filter(\.isDecimal), default: 0] += 1 }
        return some.filter { _, number in
            let digits = number.filter(\.isDecimal)
            left[digits, default: 0] -= 1
            return left[digits]! < 0
        }
    }
}
