/// One translation of a piece of text.
struct Said {
    /// Without blanks at its ends.
    var text: Scalars
    /// As `TranslationOptions` has it.
    let score: Double
    /// How many were written, the end counted.
    let tokens: Int
    /// To the words of the source.
    var links: [Link]
    /// Whether a part of a long source is missing, by the attention.
    var lacks = false

    /// What is not translated.
    init(kept text: Scalars) { self.init(text: text, score: 0, tokens: 0, links: []) }

    init(text: Scalars, score: Double, tokens: Int, links: [Link], lacks: Bool = false) {
        (self.text, self.score, self.tokens, self.links, self.lacks) = (text, score, tokens, links, lacks)
    }
}

/// Translates what fits into the model at once.
final class SentenceTranslator {
    // A translation may be longer than its source by so many tokens, whatever the ratio.
    private static let spare = 10

    private unowned let model: EncoderDecoder
    private let task: TranslateSpec
    private let tokenizer: Tokenizer
    private let pieces: Pieces
    private let never: [Int]
    private let neverPlain: [Int]

    init(_ model: EncoderDecoder, _ task: TranslateSpec, _ tokenizer: Tokenizer, _ pieces: Pieces) {
        (self.model, self.task, self.tokenizer, self.pieces) = (model, task, tokenizer, pieces)
        never = [task.special.pad, task.special.begin]
        // Tokens that are bytes or characters leave nothing unknown but what stands for something.
        neverPlain = task.level == .bpe || task.level == .char ? never + [task.special.unknown] : never
    }

    /// Whether the model has learnt where the unknown token goes: not where nothing is unknown.
    var saysUnknown: Bool { !neverPlain.contains(task.special.unknown) }

    /// Whether a source has so many tokens that a part may be missing in its translation.
    func isLong(_ text: Scalars) -> Bool {
        4 * text.count >= longSource && tokenizer.encode(text).count >= longSource
    }

    /// Whether a source can be read at once.
    func fits(_ text: Scalars) -> Bool {
        // A token is a byte at least: short texts need not be tokenized to know, nor need very long ones.
        let most = task.maxSource
        return 4 * text.count <= most || (text.count <= 100 * most && tokenizer.encode(text).count <= most)
    }

    /// The best translations of a text that fits, the best first.
    ///
    /// - Parameters:
    ///   - standIns: Characters in it that stand for something.
    ///   - aligned: Whether links are wanted.
    func translate(
        _ text: Scalars, _ options: TranslationOptions, standIns: Set<Unicode.Scalar> = [], aligned: Bool = false
    ) throws -> [Said] {
        let source = self.source(text, standIns, aligned)
        let score = Scores.byLengthAndCoverage(options.lengthPenalty, options.coveragePenalty)
        let decoding = try self.decoding(source)
        defer { decoding.close() }
        var scorer = self.scorer(decoding)
        let first = try scorer.step([0], [task.special.begin])
        let found = try bestSequences(
            &scorer, first, limits(source, options), score, end: task.special.end, forbidden: forbidden(source))
        let said = found.map { self.said(source, $0, aligned) }
        return closing(text).isEmpty ? said : said.map { opened($0, text.count) }
    }

    /// The likeliest translation of a text that fits, as it comes.
    func stream(_ text: Scalars, _ options: TranslationOptions, _ take: (Scalars) -> Void) throws {
        let source = self.source(text, [], false)
        var speaker = Speaker(pieces, task, source)
        let ending = closing(text).isEmpty ? [] : task.targetClosing.scalars
        var held = Scalars()
        let decoding = try self.decoding(source)
        defer { decoding.close() }
        var scorer = self.scorer(decoding)
        let first = try scorer.step([0], [task.special.begin])
        try greedy(
            &scorer, first, limits(source, options), end: task.special.end, forbidden: forbidden(source)
        ) { one in
            if one.token == task.special.end { return }
            held += speaker.feed(one.token, one.attention)
            // Blanks at the end are no part of a translation, nor is what closes it for the model's sake.
            let said = held.rightStripped().removingSuffix(ending).rightStripped()
            held.removeFirst(said.count)
            if !said.isEmpty { take(said) }
        }
        let rest = (held + speaker.finish()).rightStripped().removingSuffix(ending).rightStripped()
        if !rest.isEmpty { take(rest) }
    }

    private func source(_ text: Scalars, _ standIns: Set<Unicode.Scalar>, _ aligned: Bool) -> SourceText {
        // Where the unknown token may be said, it says a word of the source.
        let byWord = aligned || saysUnknown || !standIns.isEmpty
        return SourceText(
            text + closing(text), tokenizer.encode, standIns: standIns, unknown: task.special.unknown,
            longest: task.maxSource,
            byWord: byWord)
    }

    /// What is put behind a text for the model's sake.
    private func closing(_ text: Scalars) -> Scalars {
        text.last.map { $0.isLetterOrNumber ? task.closing.scalars : [] } ?? []
    }

    /// Without what closes it for the model's sake; the source has so many characters.
    private func opened(_ said: Said, _ length: Int) -> Said {
        var found = said
        found.text = said.text.removingSuffix(task.targetClosing.scalars).rightStripped()
        let count = found.text.count
        found.links = said.links.filter { $0.target.lowerBound < count }.map { $0.within(length, count) }
        return found
    }

    private func decoding(_ source: SourceText) throws -> Decoding {
        // Nothing at all is read as one step of padding, as in training.
        let ids = source.ids.isEmpty ? [task.special.pad] : source.ids
        return try model.encode([task.source: Tensor(ids: ids, shape: [1, ids.count])])
    }

    private func scorer(_ decoding: Decoding) -> PairScorer {
        PairScorer(decoding: decoding, token: task.token, logits: task.logits, attention: task.attention)
    }

    private func limits(_ source: SourceText, _ options: TranslationOptions) -> Limits {
        let most = (options.maxRatio * Double(max(1, source.ids.count))).rounded(.up)
        return Limits(
            beams: options.beams, maxTokens: min(options.maxTokens, Int(most) + Self.spare),
            maxSeconds: options.maxSeconds)
    }

    private func forbidden(_ source: SourceText) -> [Int] { source.stoodFor.isEmpty ? neverPlain : never }

    private func said(_ source: SourceText, _ one: Hypothesis, _ aligned: Bool) -> Said {
        var speaker = Speaker(pieces, task, source)
        var text = Scalars()
        for (place, token) in one.tokens.enumerated() { text += speaker.feed(token, one.attention?[place]) }
        text = (text + speaker.finish()).rightStripped()
        let lacks = one.ended && (one.attention.map { leavesOut($0, source.ids.count) } ?? false)
        return Said(
            text: text, score: one.score, tokens: one.tokens.count + (one.ended ? 1 : 0),
            links: aligned ? links(text, speaker.spans, one.attention, source.words) : [], lacks: lacks)
    }
}
