// Models leave a part out of sentences that are longer than those they have learnt from; so short ones are never cut.
let longSource = 32
// Words that go by themselves ("do", "the") get little attention, but not so many in a row.
private let lookedAt = 0.3
private let longestRow = 8
private let wordWithBlank = Pattern(own: #"\s*\S+"#)

/// For each token of a text the characters of the word that it belongs to.
///
/// Words are encoded one by one; where that gives other tokens than the whole text, each belongs to all of it.
func tokenWords(_ text: Scalars, _ encode: (Scalars) -> [Int], _ ids: [Int]) -> [Span] {
    var spans: [Span] = []
    var found: [Int] = []
    for span in wordWithBlank.matches(in: text) {
        let word = Array(text[span])
        let part = encode(word)
        found += part
        let start = span.upperBound - word.leftStripped().count
        spans += [Span](repeating: start..<span.upperBound, count: part.count)
    }
    return found == ids ? spans : [Span](repeating: 0..<text.count, count: ids.count)
}

/// A link for each word of a translation.
///
/// - Parameters:
///   - tokens: Characters of the translation that each of its tokens wrote.
///   - attention: [tokens][source], or nil.
///   - words: Of the source, as `tokenWords` gives them.
func links(_ text: Scalars, _ tokens: [Span], _ attention: [[Float]]?, _ words: [Span]) -> [Link] {
    guard let attention, !words.isEmpty else { return [] }
    return wordsWithTokens(text, tokens).map { word, rows in
        let (source, weight) = mostAttended(mean(rows.map { attention[$0] }), words)
        return Link(source: source, target: word, weight: weight)
    }
}

/// Whether a translation leaves out a part of a long source: eight tokens in a row that it has not looked at.
///
/// - Parameters:
///   - attention: [tokens written][source or more].
///   - tokens: Of the source.
func leavesOut(_ attention: [[Float]], _ tokens: Int) -> Bool {
    if tokens < longSource { return false }
    var row = 0
    for place in 0..<tokens {
        let total = attention.reduce(0.0) { $0 + (place < $1.count ? Double($1[place]) : 0) }
        row = total < lookedAt ? row + 1 : 0
        if row == longestRow { return true }
    }
    return false
}

/// The mean of rows, one or more.
func mean(_ rows: [[Float]]) -> [Float] { summed(rows)!.map { $0 / Float(rows.count) } }

/// The word of the source that got most attention, of equal ones the first, and how much.
func mostAttended(_ attention: [Float], _ words: [Span]) -> (Span, Double) {
    var totals: [Span: Double] = [:]
    var order: [Span] = []
    for (span, weight) in zip(words, attention) {
        if totals[span] == nil { order.append(span) }
        totals[span, default: 0] += Double(weight)
    }
    let best = order[argmax(order.map { totals[$0]! })]
    return (best, (totals[best]! * 1e6).rounded(.toNearestOrEven) / 1e6)
}
