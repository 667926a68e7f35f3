/// A piece of a text.
struct Part: Equatable {
    let text: Scalars
    /// Whether it is to be translated; layout otherwise.
    let isSentence: Bool
}

/// Cuts a text into sentences and what stands between them; see `edge_runtime/translate/layout.py`, which says where.
enum Layout {
    // Line breaks of every kind, tabs, and two blanks or more; blanks around them belong to them.
    private static let layout = Pattern(
        own: #"\s*</?(?:br|p|div|li|ul|ol|h[1-6]|hr|table|tr|td|th|pre|section|article|header|footer|blockquote)"#
            + #"(?:[\s/][^<>]{0,300})?>\s*"#
            + #"|[^\S\r\n]*[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029]\s*|\s{2,}|^\s+|\s+$"#,
        ignoringCase: true)
    private static let bullet = Pattern(
        own: #"(?:[-*+\u2022\u2013\u2014>#]+|\(?\d{1,3}[.)]|[A-Za-z][.)])\s+"#)
    private static let end = Pattern(
        own: #"(?:(?<![.!?\u2026])[.!?\u2026]+["'\u2019\u201d\u00bb)\]}]*(?=\s+[^a-z\s])"#
            + #"|[\u3002\uff01\uff1f]+[\u300d\u300f\uff09]*(?=\S))"#)
    private static let lastWord = Pattern(own: #"[^\s(\["']+$"#)
    private static let clause = Pattern(own: #"[;:,\u2014\u2013\u060c\u3001\uff0c\uff1b]\s*"#)
    private static let blank = Pattern(own: #"\s+"#)
    private static let abbreviations = Set(
        [
            "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "fig", "vol", "approx",
            "sra", "srta", "dra", "ud", "uds", "p\u{E1}g", "n\u{FA}m", "gen", "col", "lt", "sgt", "rev", "z.b", "bzw",
            "usw",
        ].map(\.scalars))
    // Longer than every abbreviation.
    private static let lookBack = 12

    /// The parts of a text in their order; their texts add up to it.
    static func parts(of text: Scalars) -> [Part] {
        var parts: [Part] = []
        var end = 0
        for gap in layout.matches(in: text) {
            parts += lineParts(Array(text[end..<gap.lowerBound]))
            parts.append(Part(text: Array(text[gap]), isSentence: false))
            end = gap.upperBound
        }
        parts += lineParts(Array(text[end...]))
        return parts.filter { !$0.text.isEmpty }
    }

    private static func lineParts(_ given: Scalars) -> [Part] {
        var parts: [Part] = []
        var line = given
        if let stop = bullet.match(in: line, at: 0) {
            parts.append(Part(text: Array(line[..<stop]), isSentence: false))
            line = Array(line[stop...])
        }
        var start = 0
        for mark in end.matches(in: line) {
            let before = Array(line[max(start, mark.lowerBound - lookBack)..<max(start, mark.lowerBound)])
            if isAbbreviation(before, Array(line[mark])) { continue }
            parts.append(Part(text: Array(line[start..<mark.upperBound]), isSentence: true))
            start = line[mark.upperBound...].firstIndex { !$0.isSpace } ?? line.count
            parts.append(Part(text: Array(line[mark.upperBound..<start]), isSentence: false))
        }
        return parts + [Part(text: Array(line[start...]), isSentence: true)]
    }

    private static func isAbbreviation(_ before: Scalars, _ mark: Scalars) -> Bool {
        guard mark == ["."], let word = lastWord.matches(in: before).first else { return false }
        let found = Array(before[word])
        return (found.count == 1 && found.isUpper) || abbreviations.contains(found.lowercased())
    }

    /// The pieces of a sentence that is too long: cut at clause marks, else at blanks, else anywhere. They add up to it.
    ///
    /// - Parameter fits: Whether a piece is short enough; true of any single character.
    static func shortened(_ sentence: Scalars, _ fits: (Scalars) -> Bool) -> [Scalars] {
        var waiting = [sentence]
        var found: [Scalars] = []
        while let piece = waiting.popLast() {
            if piece.count <= 1 || fits(piece) {
                found.append(piece)
            } else {
                waiting += halved(piece).reversed()
            }
        }
        return found
    }

    /// Two pieces of a text of two characters or more: cut at a clause mark, else at a blank, else in the middle.
    static func halved(_ text: Scalars) -> [Scalars] {
        let place = middleCut(text)
        return [Array(text[..<place]), Array(text[place...])]
    }

    /// The best place for a cut, in the middle half of the text.
    private static func middleCut(_ text: Scalars) -> Int {
        let (low, high, middle) = (text.count / 4, text.count - text.count / 4, text.count / 2)
        for pattern in [clause, blank] {
            let places = pattern.matches(in: text, from: low, to: high).map(\.upperBound)
            let usable = places.filter { 0 < $0 && $0 < text.count }
            if let best = usable.min(by: { abs($0 - middle) < abs($1 - middle) }) { return best }
        }
        return middle
    }
}
