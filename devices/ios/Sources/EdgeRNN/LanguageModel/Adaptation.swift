import Foundation

/// What a user writes, learnt on the device without training: a personal n-gram model mixed with the network, as cache
/// language models are (Kuhn and De Mori 1990), with Witten-Bell smoothing (1991) between orders.
public final class Adaptation {
    private static let format = 1
    private static let order = 3
    // The user's own words count for at most so much, and without a known context for a part of it.
    private static let most = 0.4
    private static let withoutContext = 0.15
    // Contexts beyond this are forgotten, those seen least first.
    private static let greatestCount = 50_000

    private typealias Counts = [Int: Int]

    private let tokenizer: String
    private let vocabulary: Int
    private var counts: [[Int]: Counts] = [:]

    /// - Parameters:
    ///   - tokenizer: SHA-256 of the tokenizer that numbers the tokens.
    ///   - vocabulary: Number of tokens.
    init(tokenizer: String, vocabulary: Int) {
        (self.tokenizer, self.vocabulary) = (tokenizer, vocabulary)
    }

    /// Tokens learnt from.
    public var count: Int { counts[[]]?.values.reduce(0, +) ?? 0 }

    /// Forgets everything.
    public func clear() { counts = [:] }

    /// Takes a text's tokens in, the one that every text begins after at their head.
    func learn(_ tokens: [Int]) {
        for place in tokens.indices.dropFirst() {
            for size in 0..<min(Self.order, place + 1) {
                counts[Array(tokens[(place - size)..<place]), default: [:]][tokens[place], default: 0] += 1
            }
        }
        if counts.count > Self.greatestCount { prune() }
    }

    /// Logarithms of the mixture's probabilities, [vocabulary].
    ///
    /// - Parameters:
    ///   - logits: The network's.
    ///   - tokens: So far.
    func mix(_ logits: [Float], _ tokens: [Int]) -> [Float] {
        let known = (0..<min(Self.order, tokens.count + 1)).compactMap { counts[Array(tokens.suffix($0))] }
        guard !known.isEmpty else { return logits }
        let most = Double(logits.max() ?? 0)
        let weights = logits.map { exp(Double($0) - most) }
        let all = weights.reduce(0, +)
        let share = Self.share(known)
        var probabilities = weights.map { $0 / all * (1 - share) }
        for (token, probability) in Self.wittenBell(known) { probabilities[token] += share * probability }
        return probabilities.map { Float(log(max($0, 1e-30))) }
    }

    /// Writes the counts as JSON, whole or not at all.
    public func save(_ path: String) throws {
        let named = counts.map { context, following in
            let inner = following.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
            return "\"\(context.map(String.init).joined(separator: " "))\":{\(inner)}"
        }
        let text =
            "{\"format\":\(Self.format),\"tokenizer\":\"\(tokenizer)\",\"counts\":{\(named.joined(separator: ","))}}"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw InputError("cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// Takes over the counts of a file that `save` wrote, here or by the Python runtime.
    ///
    /// - Throws: `InputError`: it cannot be read, or belongs to another tokenizer. The counts are then as before.
    public func load(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw InputError("\(path): cannot be read") }
        guard let document = try? Json([UInt8](data)), document["format"]?.whole == Self.format,
            let owner = document["tokenizer"]?.text, let fields = document["counts"]?.fields
        else { throw InputError("\(path): no memory of a language model: remove it to begin anew") }
        guard owner.string == tokenizer else {
            throw InputError("\(path): was learnt with another model's tokens: give each model a file of its own")
        }
        var found: [[Int]: Counts] = [:]
        for (context, following) in fields {
            let tokens = context.split(separator: " ").map { Int(Array($0).string) }
            guard let key = tokens.mapped({ $0 }), let counts = parsed(following) else {
                throw InputError("\(path): no memory of a language model: remove it to begin anew")
            }
            found[key] = counts
        }
        counts = found
    }

    private func parsed(_ json: Json) -> Counts? {
        guard let fields = json.fields else { return nil }
        var found: Counts = [:]
        for (token, count) in fields {
            guard let token = Int(token.string), (0..<vocabulary).contains(token), let count = count.whole,
                (1...1 << 40).contains(count)
            else {
                return nil
            }
            found[token] = count
        }
        return found
    }

    private func prune() {
        let ranked = counts.keys.sorted {
            $0.count != $1.count
                ? $0.count < $1.count : counts[$0]!.values.reduce(0, +) > counts[$1]!.values.reduce(0, +)
        }
        for context in ranked[(Self.greatestCount / 2)...] { counts[context] = nil }
    }

    /// How much the personal model counts: the more, the more often the longest known context was seen.
    private static func share(_ known: [Counts]) -> Double {
        guard known.count > 1, let last = known.last else { return most * withoutContext }
        let seen = Double(last.values.reduce(0, +))
        return most * max(seen / (seen + Double(last.count)), withoutContext)
    }

    /// Probabilities by token, from the shortest context to the longest.
    private static func wittenBell(_ known: [Counts]) -> [Int: Double] {
        let total = Double(known[0].values.reduce(0, +))
        var found = known[0].mapValues { Double($0) / total }
        for following in known.dropFirst() {
            let (seen, kinds) = (Double(following.values.reduce(0, +)), Double(following.count))
            found = found.mapValues { kinds / (seen + kinds) * $0 }
            for (token, count) in following { found[token, default: 0] += Double(count) / (seen + kinds) }
        }
        return found
    }
}
