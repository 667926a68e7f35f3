/// Predicts words and generates text. See `Model` for the arguments.
public final class LanguageModel: Model {
    // A token is seldom longer: of a longer prompt not more characters are even tokenized.
    private static let charsOfToken = 16
    private static let candidates = 4

    public let task: LmSpec
    /// What the user has written; nil where nothing is learnt.
    public var adaptation: Adaptation?
    let tokenizer: Tokenizer
    let pieces: Pieces
    private let words: Words
    private let prefixes = Prefixes()

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .lm(let task) = bundle.manifest.task else {
            throw BundleError("\(bundle.path): not a language model")
        }
        self.task = task
        let data = try bundle.asset(task.tokenizer)
        tokenizer = try Tokenizer(data)
        pieces = try Pieces(data, task.level, end: task.end, unknown: task.unknown)
        words = Words(pieces, forbidden: [task.unknown, task.end])
        try Self.checkOutput(bundle, task.output, pieces.count)
        try super.init(bundle, engine: engine, options: options)
    }

    /// Token ids of a text, its last `maxPrompt` ones.
    public func encode(_ text: String) -> [Int] { encoded(text.scalars) }

    /// The k most probable words: those that complete the one being typed, and, where it may be whole, the next.
    ///
    /// - Parameters:
    ///   - text: What has been typed, any length. A blank at its end says that its last word is whole.
    ///   - k: 1 or more.
    /// - Returns: At most k suggestions, the most probable first.
    public func nextTokens(_ text: String, k: Int = 3) throws -> [Suggestion] {
        guard k >= 1 else { throw InputError("k must be a whole number, 1 or more, not \(k)") }
        let now = Typed(text.scalars)
        var found = try words.suggest(try read(now.before), now, k + Self.candidates)
        let isPartial: (Suggestion) -> Bool = { !now.partial.isEmpty && $0.text.scalars == now.partial }
        if let whole = found.first(where: isPartial)?.score, whole != 0 {
            let after = try words.suggest(try read(text.scalars), Typed(text.scalars + [" "]), k)
            found = found.filter { $0.text.scalars != now.partial }
            found += after.map { Suggestion(text: $0.text, score: $0.score * whole, completes: $0.completes) }
        }
        return Array(stablySorted(found) { $0.score > $1.score }.prefix(k))
    }

    /// Text that goes on from a prompt.
    ///
    /// - Parameters:
    ///   - prompt: Any length; its last `maxPrompt` tokens are read.
    ///   - options: How.
    ///   - onPart: Gets the text as it comes; the parts add up to what is returned. Called on the caller's thread.
    /// - Returns: The text without the prompt.
    /// - Throws: `InputError`: a setting is out of its range.
    @discardableResult
    public func generate(
        _ prompt: String = "", _ options: DecodeOptions = DecodeOptions(), onPart: ((String) -> Void)? = nil
    ) throws -> String {
        try options.check()
        let deadline = Deadline(options.maxSeconds)
        let given = prompt.scalars
        // A blank at the prompt's end belongs to the token that comes.
        let cut = task.level == .char ? given : given.removingSuffix([" "])
        let reading = try read(cut)
        let writer = Writer(pieces, after: given, skipsBlank: cut != given, options.stop, onPart)
        if options.beams > 1 {
            for token in try beam(reading, options) where !writer.take(token) { break }
        } else {
            try draw(reading, options, deadline, writer.take)
        }
        return writer.finish()
    }

    /// Adapts to a text of the user's, from here on; nothing leaves the device.
    public func learn(_ text: String) {
        if adaptation == nil { adaptation = newAdaptation() }
        adaptation?.learn([task.end] + encode(text))
    }

    /// An empty memory for this model's tokens.
    public func newAdaptation() -> Adaptation {
        Adaptation(tokenizer: manifest.assets[task.tokenizer.scalars]!.sha256, vocabulary: pieces.count)
    }

    func encoded(_ text: Scalars) -> [Int] {
        let most = task.maxPrompt
        let end = Array(text.suffix(max(0, most * Self.charsOfToken)))
        let lines = end.replacing(["\r", "\n"], with: ["\n"]).replacing(["\r"], with: ["\n"])
        return tokenizer.encode(lines).suffix(max(0, most))
    }

    /// The model after a text; the states after the last few texts are kept, and longer ones go on from them.
    private func read(_ text: Scalars) throws -> Reading {
        let tokens = [task.end] + encoded(text)
        let reading = try prefixes.longest(tokens) ?? Reading(session(), task.input, task.output)
        let rest = Array(tokens.dropFirst(reading.tokens.count))
        if !rest.isEmpty {
            try reading.read(rest)
            try prefixes.keep(reading)
        }
        return reading.with(adaptation.map { adaptation in { adaptation.mix($0, $1) } })
    }

    /// Gives tokens to `take` until it wants no more.
    private func draw(
        _ reading: Reading, _ options: DecodeOptions, _ deadline: Deadline, _ take: (Int) -> Bool
    ) throws {
        var sampler = Sampler(options, forbidden: [task.unknown])
        sampler.see(Array(reading.tokens.dropFirst()))
        var logits = reading.logits
        for number in 0..<options.maxTokens {
            if deadline.isOver { return }
            let token = sampler.choose(logits)
            // Where the end is that of a line, texts go on after it.
            if token == task.end && pieces.level != .blank { return }
            if !take(token) { return }
            if number + 1 < options.maxTokens { logits = try reading.step(token) }
        }
    }

    private func beam(_ reading: Reading, _ options: DecodeOptions) throws -> [Int] {
        let end = pieces.level == .blank ? nil : task.end
        let limits = Limits(
            beams: options.beams, maxTokens: options.maxTokens, maxSeconds: options.maxSeconds,
            repetitionPenalty: options.repetitionPenalty)
        var scorer = Forking(reading)
        let score = Scores.byLength(options.lengthPenalty)
        return try search(
            &scorer, Scored(logits: [reading.logits]), limits, score, end: end, forbidden: [task.unknown])[0].tokens
    }

    private static func checkOutput(_ bundle: ModelBundle, _ name: String, _ tokens: Int) throws {
        let output = bundle.manifest.outputs.first { $0.name == name && $0.shape.count == 3 }
        guard let output else {
            throw BundleError("\(bundle.path): its model has no output '\(name)' of shape [1, time, vocabulary]")
        }
        guard output.shape[2] == tokens else {
            throw BundleError(
                "\(bundle.path): \(tokens) tokens for \(output.shape[2].map(String.init) ?? "any") outputs")
        }
    }
}
