/// Turns one word into ids.
protocol TokenModel {
    func encode(_ word: Scalars) -> [Int]
}

/// The model of a tokenizer.json.
func tokenModel(_ spec: Json) throws -> TokenModel {
    guard let vocabulary = spec["vocab"]?.fields?.compactMapValues(\.tokenId),
        vocabulary.count == spec["vocab"]?.fields?.count
    else { throw Tokenizer.malformed("vocab") }
    let type = spec["type"]?.text?.string
    if type == "WordLevel" {
        guard let unknown = spec["unk_token"]?.text.flatMap({ vocabulary[$0] }) else {
            throw Tokenizer.malformed("unk_token")
        }
        return WordLevel(vocabulary: vocabulary, unknown: unknown)
    }
    let changed = ["dropout", "ignore_merges", "byte_fallback", "continuing_subword_prefix", "end_of_word_suffix"]
    guard type == "BPE", changed.allSatisfy({ isNothing(spec[$0]) }), spec["unk_token"] ?? .null == .null else {
        throw Tokenizer.refused("model", spec)
    }
    guard let merges = spec["merges"]?.list?.mapped(merge) else { throw Tokenizer.malformed("merges") }
    return BytePairs(vocabulary: vocabulary, merges: merges)
}

extension Json {
    /// A token's number, as a model takes it.
    var tokenId: Int? { whole.flatMap { $0 >= 0 && $0 <= Int(Int32.max) ? $0 : nil } }
}

private func isNothing(_ value: Json?) -> Bool {
    switch value {
    case nil, .null?, .bool(false)?, .whole(0)?, .real(0)?, .text([])?: return true
    default: return false
    }
}

private func merge(_ json: Json) -> BytePairs.Pair? {
    // Older files join the two with a blank.
    if let text = json.text {
        guard let blank = text.firstIndex(of: " ") else { return nil }
        return BytePairs.Pair(left: Array(text[..<blank]), right: Array(text[(blank + 1)...]))
    }
    guard let parts = json.list?.mapped(\.text), parts.count == 2 else { return nil }
    return BytePairs.Pair(left: parts[0], right: parts[1])
}

/// A vocabulary of whole pieces: each piece is a token, or unknown.
struct WordLevel: TokenModel {
    let vocabulary: [Scalars: Int]
    let unknown: Int

    func encode(_ word: Scalars) -> [Int] { [vocabulary[word] ?? unknown] }
}

/// Byte-pair encoding (Sennrich et al. 2016): merges symbols in the order of the merges' ranks, leftmost first.
struct BytePairs: TokenModel {
    struct Pair: Hashable {
        let left: Scalars
        let right: Scalars
    }

    /// A pair that may be merged, at the place of its left symbol.
    private struct Candidate: Comparable {
        let rank: Int
        let left: Int

        static func < (one: Candidate, other: Candidate) -> Bool { (one.rank, one.left) < (other.rank, other.left) }
    }

    private let vocabulary: [Scalars: Int]
    private let ranks: [Pair: Int]

    init(vocabulary: [Scalars: Int], merges: [Pair]) {
        self.vocabulary = vocabulary
        ranks = Dictionary(merges.enumerated().map { ($1, $0) }) { $1 }
    }

    func encode(_ word: Scalars) -> [Int] { merged(word).compactMap { vocabulary[$0] } }

    /// A linked list and a heap: n log n, where scanning for the best pair would be n squared.
    private func merged(_ word: Scalars) -> [Scalars] {
        var symbols = word.map { [$0] }
        let count = symbols.count
        var following = (0..<count).map { $0 + 1 < count ? $0 + 1 : -1 }
        var before = (0..<count).map { $0 - 1 }
        var alive = [Bool](repeating: true, count: count)
        var heap = Heap<Candidate>()
        func consider(_ left: Int) {
            guard left >= 0, following[left] >= 0 else { return }
            if let rank = ranks[Pair(left: symbols[left], right: symbols[following[left]])] {
                heap.insert(Candidate(rank: rank, left: left))
            }
        }
        for left in 0..<count { consider(left) }
        while let best = heap.removeLeast() {
            let left = best.left
            let right = alive[left] ? following[left] : -1
            // One of the two may have been merged in the meantime.
            guard right >= 0, ranks[Pair(left: symbols[left], right: symbols[right])] == best.rank else { continue }
            symbols[left] += symbols[right]
            alive[right] = false
            following[left] = following[right]
            if following[right] >= 0 { before[following[right]] = left }
            consider(before[left])
            consider(left)
        }
        return (0..<count).filter { alive[$0] }.map { symbols[$0] }
    }
}

/// A binary heap.
struct Heap<Element: Comparable> {
    private var items: [Element] = []

    mutating func insert(_ item: Element) {
        items.append(item)
        var place = items.count - 1
        while place > 0, items[place] < items[(place - 1) / 2] {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeLeast() -> Element? {
        guard let least = items.first else { return nil }
        items[0] = items[items.count - 1]
        items.removeLast()
        var place = 0
        while true {
            var smallest = place
            for child in [2 * place + 1, 2 * place + 2] where child < items.count && items[child] < items[smallest] {
                smallest = child
            }
            if smallest == place { return least }
            items.swapAt(place, smallest)
            place = smallest
        }
    }
}
