/// Says in a sentence what is in a picture. See `Model` for the arguments.
public final class ImageCaptioner: EncoderDecoder {
    public let task: CaptionSpec
    private let pieces: Pieces

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .caption(let task) = bundle.manifest.task else {
            throw BundleError("\(bundle.path): not a captioner")
        }
        self.task = task
        pieces = try Pieces(
            bundle.asset(task.tokenizer), task.level, end: task.special.end, unknown: task.special.unknown)
        try Self.check(bundle, task, pieces.count)
        try super.init(bundle, engine: engine, options: options)
    }

    /// What is in a picture.
    ///
    /// - Returns: The n best captions, the best first, of one token or more each.
    /// - Throws: `InputError`: a setting is out of its range.
    public func caption(_ picture: Picture, _ options: CaptionOptions = CaptionOptions()) throws -> [Caption] {
        try options.check()
        let decoding = try self.decoding(picture)
        defer { decoding.close() }
        var scorer = self.scorer(decoding)
        let first = try begun(&scorer)
        let found = try bestSequences(
            &scorer, first, limits(options), Scores.byLengthAndCoverage(options.lengthPenalty, 0),
            end: task.special.end,
            forbidden: never)
        return found.prefix(options.nBest).map { caption($0, options.attention) }
    }

    /// The likeliest caption as it comes.
    ///
    /// - Parameter onPart: Gets the parts, which add up to the caption. Called on the caller's thread.
    /// - Returns: The caption.
    @discardableResult
    public func caption(
        _ picture: Picture, _ options: CaptionOptions = CaptionOptions(), onPart: (String) -> Void
    ) throws -> String {
        var options = options
        (options.beams, options.nBest) = (1, 1)
        try options.check()
        let decoder = pieces.decoder()
        var (held, whole) = (Scalars(), Scalars())
        func take(_ part: Scalars) {
            guard !part.isEmpty else { return }
            whole += part
            onPart(part.string)
        }
        let decoding = try self.decoding(picture)
        defer { decoding.close() }
        var scorer = self.scorer(decoding)
        let first = try begun(&scorer)
        try greedy(&scorer, first, limits(options), end: task.special.end, forbidden: never) { one in
            if one.token != task.special.end { held += decoder.feed(one.token) }
            // Blanks at its ends are no part of a caption.
            if whole.isEmpty { held = held.leftStripped() }
            let part = held.rightStripped()
            held.removeFirst(part.count)
            take(part)
        }
        take((held + decoder.finish()).rightStripped())
        return whole.string
    }

    private var never: [Int] { [task.special.pad, task.special.begin, task.special.unknown] }

    private func decoding(_ picture: Picture) throws -> Decoding {
        let size = task.image.size
        let values = picture.fitted(task.image).values(task.image)
        return try encode([task.picture: Tensor(values, shape: [1, size, size, 3])])
    }

    private func scorer(_ decoding: Decoding) -> PairScorer {
        PairScorer(decoding: decoding, token: task.token, logits: task.logits, attention: task.attention)
    }

    /// What follows the beginning, which is not the end: there is something to say of every picture.
    private func begun(_ scorer: inout PairScorer) throws -> Scored {
        var first = try scorer.step([0], [task.special.begin])
        first.logits[0][task.special.end] = -.infinity
        return first
    }

    private func limits(_ options: CaptionOptions) -> Limits {
        Limits(beams: options.beams, maxTokens: options.maxTokens ?? task.maxTokens, maxSeconds: options.maxSeconds)
    }

    private func caption(_ one: Hypothesis, _ attended: Bool) -> Caption {
        let decoder = pieces.decoder()
        var text = Scalars()
        var spans: [Span] = []
        for token in one.tokens {
            var part = decoder.feed(token)
            if text.isEmpty { part = part.leftStripped() }
            spans.append(text.count..<(text.count + part.count))
            text += part
        }
        text = (text + decoder.finish()).rightStripped()
        guard attended, let rows = one.attention else {
            return Caption(text: text.string, score: one.score, attention: [])
        }
        let looks = wordsWithTokens(text, spans).map { span, tokens in
            Look(word: text[span].string, span: span, weights: mean(tokens.map { rows[$0] }))
        }
        return Caption(text: text.string, score: one.score, attention: looks)
    }

    private static func check(_ bundle: ModelBundle, _ task: CaptionSpec, _ tokens: Int) throws {
        func fault(_ what: String) -> BundleError { BundleError("\(bundle.path): \(what)") }
        let outputs = Dictionary(bundle.manifest.outputs.map { ($0.name, $0.shape) }) { $1 }
        for (name, last) in [(task.logits, tokens), (task.attention, product(task.grid) ?? 0)]
        where outputs[name] != [1, nil, last] {
            throw fault("its model has no output '\(name)' of shape [1, time, \(last)]")
        }
        let inputs = Dictionary(bundle.manifest.inputs.map { ($0.name, $0.shape) }) { $1 }
        let size = task.image.size
        guard inputs == [task.picture: [1, size, size, 3], task.token: [1, nil]] else {
            throw fault("its model's inputs are not '\(task.picture)' [1, \(size), \(size), 3] and '\(task.token)'")
        }
        guard task.special.all.allSatisfy({ $0 < tokens }) else {
            throw fault("begin, end, pad or unknown is beyond the vocabulary of \(tokens) tokens")
        }
    }
}
