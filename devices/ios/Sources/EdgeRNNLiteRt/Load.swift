import EdgeRNN

/// Reads, checks and opens a bundle with LiteRT; see `EdgeRNN.load`.
public func load(_ path: String, threads: Int = 1) throws -> Model {
    try EdgeRNN.load(path, engine: LiteRtEngine(), threads: threads)
}
