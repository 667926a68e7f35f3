/// Ends a stream of text before a stop string, also where the string comes in pieces.
struct StopStrings {
    private let strings: [Scalars]
    private var held = Scalars()
    private(set) var stopped = false

    /// - Parameter strings: Before the first of which the text ends; none: everything passes.
    init(_ strings: [String]) {
        self.strings = strings.map(\.scalars)
    }

    /// What can be passed on now; nothing more once `stopped`.
    mutating func feed(_ text: Scalars) -> Scalars {
        if strings.isEmpty { return text }
        if stopped { return [] }
        held += text
        if let first = strings.compactMap({ held.firstPlace(of: $0) }).min() {
            stopped = true
            let passed = Array(held[..<first])
            held = []
            return passed
        }
        let cut = held.count - (strings.map(overlap).max() ?? 0)
        let passed = Array(held[..<cut])
        held.removeFirst(cut)
        return passed
    }

    /// What was held back, when nothing more comes.
    mutating func finish() -> Scalars {
        defer { held = [] }
        return held
    }

    /// Length of the longest end of the held text that begins `string`.
    private func overlap(_ string: Scalars) -> Int {
        let most = min(string.count - 1, held.count)
        return stride(from: most, to: 0, by: -1).first { held.hasSuffix(Array(string[..<$0])) } ?? 0
    }
}
