/// Changes scores in the light of the tokens so far: adaptation to what the user has written.
typealias Mixer = ([Float], [Int]) -> [Float]

/// A text that a language model has read: what may follow, and the states to go on from.
final class Reading: SequenceScorer {
    // Tokens that are read together; all of their scores are made, so that more would only cost memory.
    private static let piece = 16

    private let session: Session
    private let input: String
    private let output: String
    private let mixer: Mixer?
    /// What has been read.
    private(set) var tokens: [Int]
    private var plain: [Float]

    init(
        _ session: Session, _ input: String, _ output: String, mixer: Mixer? = nil, tokens: [Int] = [],
        logits: [Float] = []
    ) {
        (self.session, self.input, self.output, self.mixer) = (session, input, output, mixer)
        (self.tokens, plain) = (tokens, logits)
    }

    /// Logits of what follows, [vocabulary], mixed.
    var logits: [Float] { mixer.map { $0(plain, tokens) } ?? plain }

    func step(_ token: Int) throws -> [Float] {
        plain = try session.step(id: token)[output]!.floats
        tokens.append(token)
        return logits
    }

    /// Takes many tokens in, one or more.
    func read(_ more: [Int]) throws {
        for start in stride(from: 0, to: more.count, by: Self.piece) {
            let ids = Array(more[start..<min(start + Self.piece, more.count)])
            let scores = try session.run([input: Tensor(ids: ids, shape: [1, ids.count])])[output]!
            plain = Array(scores.floats.suffix(scores.shape[2]))
        }
        tokens += more
    }

    /// The same reading, its scores mixed in another way; it takes this one's place.
    func with(_ mixer: Mixer?) -> Reading {
        Reading(session, input, output, mixer: mixer, tokens: tokens, logits: plain)
    }

    func fork() throws -> Reading {
        Reading(try session.fork(), input, output, mixer: mixer, tokens: tokens, logits: plain)
    }
}
