/// Words `start` up to `stop` are read; of these the scores of `first` up to `last` are kept.
struct Window: Equatable {
    let start: Int
    let stop: Int
    let first: Int
    let last: Int

    // Longer windows are slower by the word: a graph of more steps falls out of the processor's cache.
    private static let greatest = 64

    /// Words that a model which reads in both directions is given at once.
    static func longest(_ task: TagSpec) -> Int { min(task.maxWords, greatest) }

    /// Windows that cover a sentence of one or more words; a word that two windows share is kept where it lies nearer
    /// the middle.
    ///
    /// - Parameters:
    ///   - size: Words that a window holds at most.
    ///   - overlap: Words that neighbours share at least, less than `size`.
    static func cover(_ count: Int, size: Int, overlap: Int) -> [Window] {
        let last = max(0, count - size)
        let starts = Array(stride(from: 0, to: last, by: size - overlap)) + [last]
        let edges = zip(starts, starts.dropFirst()).map { ($0 + size + $1) / 2 }
        return starts.indices.map { place in
            Window(
                start: starts[place], stop: min(starts[place] + size, count), first: place == 0 ? 0 : edges[place - 1],
                last: place == edges.count ? count : edges[place])
        }
    }
}
