import Foundation

/// What may follow each of a few sequences.
struct Scored {
    /// [sequences][vocabulary].
    var logits: [[Float]]
    /// How much of each part of the source went into them, [sequences][source], or nil.
    var attention: [[Float]]?
}

/// Sequences that are being generated side by side.
protocol BatchScorer {
    /// Takes a token in for each sequence that goes on.
    ///
    /// - Parameters:
    ///   - parents: Number, among the sequences before, of the one that each goes on from.
    ///   - tokens: As many.
    mutating func step(_ parents: [Int], _ tokens: [Int]) throws -> Scored
}

/// A sequence that is being generated.
protocol SequenceScorer {
    /// Takes a token in, and gives the logits of what may follow.
    func step(_ token: Int) throws -> [Float]

    /// The same sequence, once more.
    func fork() throws -> Self
}

/// Sequences side by side, each with a scorer of its own.
struct Forking<One: SequenceScorer>: BatchScorer {
    private var scorers: [One]

    init(_ scorer: One) { scorers = [scorer] }

    /// The last child of a sequence goes on with its scorer, the others with copies.
    mutating func step(_ parents: [Int], _ tokens: [Int]) throws -> Scored {
        var last: [Int: Int] = [:]
        for (place, parent) in parents.enumerated() { last[parent] = place }
        let old = scorers
        scorers = try parents.enumerated().map { place, parent in
            last[parent] == place ? old[parent] : try old[parent].fork()
        }
        return Scored(logits: try zip(scorers, tokens).map { try $0.step($1) })
    }
}

/// Where a search ends.
struct Limits {
    /// Sequences that go on side by side, 1 or more.
    var beams: Int
    var maxTokens: Int
    var maxSeconds: Double?
    var repetitionPenalty = 1.0

    /// When the seconds are over.
    var deadline: Deadline { Deadline(maxSeconds) }
}

/// A time that must not be passed; by a clock that nobody sets.
struct Deadline {
    private let end: Double?

    init(_ seconds: Double?) { end = seconds.map { Self.now + $0 } }

    var isOver: Bool { end.map { Self.now >= $0 } ?? false }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }
}

/// A sequence of tokens.
struct Hypothesis {
    /// Without the one that ends it.
    let tokens: [Int]
    /// Natural, of all tokens and of the end where it has come.
    let logProbability: Double
    /// By which sequences of different lengths are compared.
    let score: Double
    /// Whether the end has come.
    let ended: Bool
    /// A row for each token; nil without attention.
    let attention: [[Float]]?
}

/// Compares sequences: from the log-probability, the number of tokens (the end counted), and the attention over them.
typealias Score = (Double, Int, [Float]?) -> Double

enum Scores {
    // A part of the source that got less attention than this in all counts as so much.
    private static let leastCoverage = 1e-6

    /// Log-probability divided by the length to this power; 0: as it is.
    static func byLength(_ power: Double) -> Score {
        { logProbability, length, _ in logProbability / pow(Double(max(1, length)), power) }
    }

    /// Equation 14 of Wu et al. 2016 ("Google's neural machine translation system").
    static func byLengthAndCoverage(_ lengthPenalty: Double, _ coveragePenalty: Double) -> Score {
        { logProbability, length, coverage in
            let normalized = logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
            guard coveragePenalty != 0, let coverage else { return normalized }
            let logs = coverage.map { log(min(max(Double($0), leastCoverage), 1)) }
            return normalized + coveragePenalty * logs.reduce(0, +)
        }
    }
}

/// The logarithm of the sum of the exponentials.
func logNormalizer(_ logits: [Float]) -> Double {
    let most = logits.max() ?? 0
    return log(logits.reduce(0) { $0 + Double(exp($1 - most)) }) + Double(most)
}

/// A sequence that goes on.
private struct Live {
    var tokens: [Int] = []
    var logProbability = 0.0
    var attention: [[Float]] = []

    func finished(_ total: Double, _ score: Score, ended: Bool, last: [Float]?) -> Hypothesis {
        let rows = attention + (last.map { [$0] } ?? [])
        let value = score(total, tokens.count + (ended ? 1 : 0), summed(rows))
        return Hypothesis(
            tokens: tokens, logProbability: total, score: value, ended: ended,
            attention: attention.isEmpty ? nil : attention)
    }

    func extended(_ token: Int, _ total: Double, _ row: [Float]?) -> Live {
        Live(tokens: tokens + [token], logProbability: total, attention: attention + (row.map { [$0] } ?? []))
    }
}

/// The sum of rows; nil where there are none.
func summed(_ rows: [[Float]]) -> [Float]? {
    guard var sum = rows.first else { return nil }
    for row in rows.dropFirst() { for place in sum.indices { sum[place] += row[place] } }
    return sum
}

/// The best sequences that go on from here, the best first; see "Beams" in `devices/conformance/README.md`.
///
/// - Parameters:
///   - scorer: The sequence so far, as number 0; it is used up.
///   - first: What follows it, of one row.
///   - end: The token that ends a sequence, or nil where none does.
///   - forbidden: Tokens that never come.
func search(
    _ scorer: inout some BatchScorer, _ first: Scored, _ limits: Limits, _ score: Score, end: Int?, forbidden: [Int]
) throws -> [Hypothesis] {
    let deadline = limits.deadline
    var live = [Live()]
    var ended: [Hypothesis] = []
    var scored = first
    for turn in 0..<limits.maxTokens {
        if live.isEmpty || ended.count >= limits.beams || deadline.isOver { break }
        var survivors: [Candidate] = []
        for (place, one) in ranked(live, scored.logits, limits, forbidden).enumerated() {
            if one.token == end {
                if place < limits.beams {
                    let row = scored.attention?[one.parent]
                    ended.append(live[one.parent].finished(one.total, score, ended: true, last: row))
                }
            } else if survivors.count < limits.beams {
                survivors.append(one)
            }
        }
        live = survivors.map { live[$0.parent].extended($0.token, $0.total, scored.attention?[$0.parent]) }
        if !live.isEmpty && ended.count < limits.beams && turn + 1 < limits.maxTokens {
            scored = try scorer.step(survivors.map(\.parent), survivors.map(\.token))
        }
    }
    ended += live.map { $0.finished($0.logProbability, score, ended: false, last: nil) }
    return Array(stablySorted(ended) { $0.score > $1.score }.prefix(limits.beams))
}

/// One way on: sequence, token, log-probability.
private struct Candidate {
    let parent: Int
    let token: Int
    let total: Double
}

/// The best continuations: twice as many as there are beams.
private func ranked(_ live: [Live], _ given: [[Float]], _ limits: Limits, _ forbidden: [Int]) -> [Candidate] {
    var logits = given
    var bases: [Double] = []
    for place in live.indices {
        for token in forbidden { logits[place][token] = -.infinity }
        if limits.repetitionPenalty != 1 {
            discourage(&logits[place], Set(live[place].tokens), Float(limits.repetitionPenalty))
        }
        bases.append(live[place].logProbability - logNormalizer(logits[place]))
    }
    let width = logits[0].count
    let flat = zip(logits, bases).flatMap { row, base in row.map { $0 + Float(base) } }
    let found = greatest(flat, min(2 * limits.beams, flat.count)).map { place in
        let (parent, token) = place.quotientAndRemainder(dividingBy: width)
        return Candidate(parent: parent, token: token, total: Double(logits[parent][token]) + bases[parent])
    }
    return found.filter { $0.total > -.infinity }.sorted {
        $0.total != $1.total ? $0.total > $1.total : ($0.parent, $0.token) < ($1.parent, $1.token)
    }
}

/// Sorted; what is neither before nor behind stays in its order.
func stablySorted<T>(_ items: [T], _ isBefore: (T, T) -> Bool) -> [T] {
    items.enumerated().sorted { one, other in
        if isBefore(one.element, other.element) { return true }
        return !isBefore(other.element, one.element) && one.offset < other.offset
    }.map(\.element)
}
