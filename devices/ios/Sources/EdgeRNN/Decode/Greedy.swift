/// A token of a sequence.
struct Chosen {
    /// The one that ends the sequence is the last.
    let token: Int
    /// Natural.
    let logProbability: Double
    let attention: [Float]?
}

/// The likeliest token, again and again, of equal ones that with the lower id; the arguments are those of `search`.
///
/// - Parameter take: Gets each token as it is found.
func greedy(
    _ scorer: inout some BatchScorer, _ first: Scored, _ limits: Limits, end: Int?, forbidden: [Int],
    _ take: (Chosen) throws -> Void
) throws {
    let deadline = limits.deadline
    var scored = first
    for turn in 0..<limits.maxTokens {
        if deadline.isOver { return }
        var logits = scored.logits[0]
        for token in forbidden { logits[token] = -.infinity }
        let token = argmax(logits)
        let logProbability = Double(logits[token]) - logNormalizer(logits)
        try take(Chosen(token: token, logProbability: logProbability, attention: scored.attention?[0]))
        if token == end { return }
        if turn + 1 < limits.maxTokens { scored = try scorer.step([0], [token]) }
    }
}

/// The best sequences, the best first; with one beam the likeliest token, again and again. See `search`.
func bestSequences(
    _ scorer: inout some BatchScorer, _ first: Scored, _ limits: Limits, _ score: Score, end: Int, forbidden: [Int]
) throws -> [Hypothesis] {
    guard limits.beams == 1 else {
        return try search(&scorer, first, limits, score, end: end, forbidden: forbidden)
    }
    var chosen: [Chosen] = []
    try greedy(&scorer, first, limits, end: end, forbidden: forbidden) { chosen.append($0) }
    let ended = chosen.last?.token == end
    let said = ended ? chosen.dropLast() : chosen[...]
    let rows = chosen.compactMap(\.attention)
    let total = chosen.map(\.logProbability).reduce(0, +)
    return [
        Hypothesis(
            tokens: said.map(\.token), logProbability: total, score: score(total, chosen.count, summed(rows)),
            ended: ended, attention: said.isEmpty || rows.isEmpty ? nil : Array(rows.prefix(said.count)))
    ]
}
