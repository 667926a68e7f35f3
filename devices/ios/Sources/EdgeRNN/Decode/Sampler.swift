import Foundation

/// Indices of the k greatest scores, the greatest first; of equal ones the lower index first.
func greatest<T: Comparable>(_ scores: [T], _ k: Int) -> [Int] {
    func isBefore(_ one: Int, _ other: Int) -> Bool {
        scores[one] > scores[other] || (scores[one] == scores[other] && one < other)
    }
    if k >= scores.count { return scores.indices.sorted(by: isBefore) }
    // Only what is above the least of those kept so far is looked at closely.
    var kept: [Int] = []
    for place in scores.indices {
        if kept.count == k, !isBefore(place, kept[k - 1]) { continue }
        var (low, high) = (0, kept.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(kept[middle], place) { low = middle + 1 } else { high = middle }
        }
        kept.insert(place, at: low)
        if kept.count > k { kept.removeLast() }
    }
    return kept
}

/// The index of the greatest score, of equal ones the lowest.
func argmax<T: Comparable>(_ scores: some Collection<T>) -> Int {
    var (best, place) = (0, 0)
    var most: T?
    for score in scores {
        if most.map({ score > $0 }) ?? true { (most, best) = (score, place) }
        place += 1
    }
    return best
}

/// Draws tokens, one generator for a whole text: the same seed and logits give the same tokens on any machine.
struct Sampler {
    private let options: DecodeOptions
    private let forbidden: [Int]
    private var random: Generator
    private var seen: Set<Int> = []

    /// - Parameter forbidden: Tokens that are never chosen.
    init(_ options: DecodeOptions, forbidden: [Int] = []) {
        self.options = options
        self.forbidden = forbidden.sorted()
        random = Generator(seed: options.seed ?? .random(in: .min ... .max))
    }

    /// Tells of tokens that have come, for the repetition penalty.
    mutating func see(_ tokens: [Int]) {
        if options.repetitionPenalty != 1 { seen.formUnion(tokens) }
    }

    /// The next token out of logits [vocabulary]; it counts as seen.
    mutating func choose(_ logits: [Float]) -> Int {
        let prepared = prepare(logits)
        var token: Int
        if options.temperature == 0 {
            token = argmax(prepared)
        } else {
            let (ids, cumulative) = self.cumulative(prepared)
            let drawn = random.double() * cumulative[cumulative.count - 1]
            let place = cumulative.firstIndex { $0 > drawn } ?? ids.count - 1
            token = ids[place]
        }
        see([token])
        return token
    }

    /// The tokens that may be drawn, and their probabilities, which add up to 1.
    func distribution(_ logits: [Float]) -> ([Int], [Double]) {
        let (ids, cumulative) = self.cumulative(logits)
        let all = cumulative[cumulative.count - 1]
        return (ids, zip(cumulative, [0] + cumulative).map { ($0 - $1) / all })
    }

    /// Tokens, and the sums of their weights up to each.
    private func cumulative(_ logits: [Float]) -> ([Int], [Double]) {
        let topK = options.topK > 0 && options.topK < logits.count - forbidden.count ? options.topK : 0
        if topK == 0 && options.topP >= 1 && options.minP <= 0 {
            let ids = allowed(logits.count)
            return (ids, sums(weights(ids.map { logits[$0] })))
        }
        let ids = descending(logits, topK)
        let weights = self.weights(ids.map { logits[$0] })
        let cumulative = sums(weights)
        var count = ids.count
        if options.topP < 1 {
            let bound = options.topP * cumulative[cumulative.count - 1]
            count = min(count, (cumulative.firstIndex { $0 >= bound } ?? cumulative.count) + 1)
        }
        if options.minP > 0 {
            // The first weight, 1, is the greatest.
            count = max(1, min(count, weights.firstIndex { $0 < options.minP } ?? weights.count))
        }
        return (Array(ids[..<count]), Array(cumulative[..<count]))
    }

    private func descending(_ logits: [Float], _ topK: Int) -> [Int] {
        if topK > 0 { return greatest(logits, topK) }
        let ids = allowed(logits.count)
        return greatest(ids.map { logits[$0] }, ids.count).map { ids[$0] }
    }

    /// In proportion to the probabilities, the greatest being 1.
    private func weights(_ scores: [Float]) -> [Double] {
        let most = Double(scores.max() ?? 0)
        return scores.map { exp((Double($0) - most) / options.temperature) }
    }

    private func sums(_ weights: [Double]) -> [Double] {
        var total = 0.0
        return weights.map {
            total += $0
            return total
        }
    }

    private func allowed(_ count: Int) -> [Int] {
        let barred = Set(forbidden)
        return (0..<count).filter { !barred.contains($0) }
    }

    private func prepare(_ logits: [Float]) -> [Float] {
        var logits = logits
        for token in forbidden { logits[token] = -.infinity }
        discourage(&logits, seen, Float(options.repetitionPenalty))
        return logits
    }
}

/// Divides positive logits of tokens that have come, and multiplies the others.
func discourage(_ logits: inout [Float], _ tokens: Set<Int>, _ penalty: Float) {
    for token in tokens { logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty }
}
