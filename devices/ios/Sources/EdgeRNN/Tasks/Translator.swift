/// Translates texts. See `Model` for the arguments.
public final class Translator: EncoderDecoder {
    public let task: TranslateSpec
    let tokenizer: Tokenizer
    private var sentences: KeepingTranslator!

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .translate(let task) = bundle.manifest.task else {
            throw BundleError("\(bundle.path): not a translator")
        }
        self.task = task
        tokenizer = try Tokenizer(bundle.asset(task.sourceTokenizer))
        let target = try bundle.asset(task.targetTokenizer)
        let pieces = try Pieces(target, task.level, end: task.special.end, unknown: task.special.unknown)
        try Self.check(bundle, task, pieces.count)
        try super.init(bundle, engine: engine, options: options)
        guard task.maxSource <= longest else {
            throw BundleError("\(bundle.path): sources of \(task.maxSource) tokens for an encoder of \(longest)")
        }
        sentences = KeepingTranslator(sentences: SentenceTranslator(self, task, tokenizer, pieces))
    }

    /// A text in the other language, its layout kept.
    ///
    /// Sentences are translated one by one; line breaks, blank lines and what stands between sentences stay. What has no
    /// letter in it stays as it is. What must be kept (addresses, tags, numbers) is.
    ///
    /// - Parameters:
    ///   - text: Any characters, any length.
    ///   - options: How.
    /// - Returns: The n best translations, the best first: of several sentences, the second is made of each one's second
    ///   best.
    /// - Throws: `InputError`: a setting is out of its range.
    public func translate(_ text: String, _ options: TranslationOptions = TranslationOptions()) throws -> [Translation]
    {
        try options.check()
        let parts = Layout.parts(of: text.scalars)
        let found = try parts.map { part in
            isTranslated(part) ? try sentences.translate(blanks(part.text), options) : [Said(kept: part.text)]
        }
        let count = found.map(\.count).max() ?? 1
        return (0..<min(count, options.nBest)).map { rank in
            let said = chained(Array(zip(parts.map(\.text), found.map { $0[min(rank, $0.count - 1)] })))
            return Translation(
                text: said.text.string, score: said.score, alignment: options.alignment ? said.links : [])
        }
    }

    /// A text in the other language as it comes, always by the likeliest token.
    ///
    /// - Parameters:
    ///   - options: How; `beams` is not looked at.
    ///   - onPart: Gets the parts, which add up to the translation. Called on the caller's thread.
    /// - Returns: The translation.
    @discardableResult
    public func translate(
        _ text: String, _ options: TranslationOptions = TranslationOptions(), onPart: (String) -> Void
    ) throws -> String {
        var greedy = options
        (greedy.beams, greedy.nBest) = (1, 1)
        try greedy.check()
        var whole = ""
        func take(_ part: Scalars) {
            whole += part.string
            onPart(part.string)
        }
        for part in Layout.parts(of: text.scalars) {
            if isTranslated(part) { try sentences.stream(blanks(part.text), greedy, take) } else { take(part.text) }
        }
        return whole
    }

    private func isTranslated(_ part: Part) -> Bool { part.isSentence && part.text.contains(where: \.isLetter) }

    /// Blanks of every kind as the common one; no character more or less.
    private func blanks(_ text: Scalars) -> Scalars { text.map { $0.isSpace ? " " : $0 } }

    private static func check(_ bundle: ModelBundle, _ task: TranslateSpec, _ tokens: Int) throws {
        func fault(_ what: String) -> BundleError { BundleError("\(bundle.path): \(what)") }
        let outputs = Dictionary(bundle.manifest.outputs.map { ($0.name, $0.shape) }) { $1 }
        for name in [task.logits, task.attention] where outputs[name]?.count != 3 {
            throw fault("its model has no output '\(name)' of shape [1, time, ...]")
        }
        guard Set(bundle.manifest.inputs.map(\.name)) == [task.source, task.token] else {
            throw fault("its model's inputs are not '\(task.source)' and '\(task.token)'")
        }
        guard let width = outputs[task.logits]?[2], width == tokens else {
            throw fault("\(tokens) tokens for other outputs")
        }
        guard task.special.all.allSatisfy({ $0 < tokens }) else {
            throw fault("begin, end, pad or unknown is beyond the vocabulary of \(tokens) tokens")
        }
    }
}
