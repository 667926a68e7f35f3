/// Labels the words of texts. See `Model` for the arguments.
public final class SequenceTagger: Model, TextEncoding {
    public let task: TagSpec
    private let assets: TagAssets

    var columns: [Column] { assets.columns }

    /// See `Model`.
    public required init(_ bundle: ModelBundle, engine: Engine, options: EngineOptions = EngineOptions()) throws {
        guard case .tag(let task) = bundle.manifest.task else { throw BundleError("\(bundle.path): not a tagger") }
        self.task = task
        assets = try TagAssets(task, bundle)
        try Self.checkOutputs(bundle, assets.columns)
        try Self.checkCharacters(bundle, task.characters)
        try super.init(bundle, engine: engine, options: options)
    }

    /// The words of a text with their labels.
    ///
    /// - Parameter text: Any characters, any length: it is cut into sentences and words.
    /// - Returns: The tokens; their offsets slice the text. `entities` are grouped. Empty for an empty text.
    public func tag(_ text: String) throws -> Tagging {
        let text = text.scalars
        return try tagged(text, WordCutting.sentences(text, assets.cutting.words(text)))
    }

    /// As above, of a list of words: they are one sentence, taken as it is, and its text is theirs with single blanks
    /// between them.
    ///
    /// - Throws: `InputError`: a word is empty.
    public func tag(words: [String]) throws -> Tagging {
        let found = try wordsBetweenBlanks(words)
        let text = Scalars(found.map(\.text).joined(separator: [" "]))
        return try tagged(text, found.isEmpty ? [] : [found])
    }

    /// A sentence whose words arrive one by one.
    ///
    /// - Throws: `InputError`: the model reads sentences in both directions.
    public func tagSession() throws -> TagSession {
        guard execution.mode == .chunked else {
            throw InputError(
                "this tagger reads sentences in both directions, and has no sessions: train with --direction forward "
                    + "(--preset stream) for words that arrive one by one")
        }
        return TagSession(self, try session())
    }

    /// What the network takes for one or more words.
    func inputs(_ tokens: [Scalars]) -> [String: Tensor] { assets.features.inputs(tokens) }

    /// What the network takes for the words of a text, as one sentence, those of one window.
    func encoded(_ text: Scalars) -> [String: Tensor] {
        inputs(assets.cutting.words(text).prefix(Window.longest(task)).map(\.text))
    }

    private func tagged(_ text: Scalars, _ sentences: [[Word]]) throws -> Tagging {
        var found: [Token] = []
        var spans: [String: [Entity]] = [:]
        for column in columns where column.spec.scheme != .none { spans[column.spec.name] = [] }
        for words in sentences {
            let answers = try answers(words.map(\.text))
            found += tokens(words, answers, task.mainColumn)
            for name in spans.keys { spans[name]! += entities(text, words, answers[name]!) }
        }
        return Tagging(text, found, spans, entityColumns: task.entityColumns)
    }

    /// The spans of one column, where they stand in the text.
    private func entities(_ text: Scalars, _ words: [Word], _ answer: Answer) -> [Entity] {
        answer.spans.map { span, score in
            let (start, end) = (words[span.start].start, words[span.stop - 1].end)
            return Entity(text: text[start..<end].string, label: span.label, start: start, end: end, score: score)
        }
    }

    /// Labels by column of one sentence of one or more words, of any number.
    private func answers(_ tokens: [Scalars]) throws -> [String: Answer] {
        var scores: [String: [[Double]]] = [:]
        for window in windows(tokens.count) {
            let outputs = try run(inputs(Array(tokens[window.start..<window.stop])))
            for column in columns {
                let output = outputs[column.spec.output]!
                let rows = output.reshaped([output.shape[1], output.shape[2]]).rows
                let kept = rows[(window.first - window.start)..<(window.last - window.start)]
                scores[column.spec.name, default: []] += kept.map { $0.map(Double.init) }
            }
        }
        return Dictionary(uniqueKeysWithValues: columns.map { ($0.spec.name, $0.answer(scores[$0.spec.name]!)) })
    }

    private func windows(_ count: Int) -> [Window] {
        // What reads forward only needs none: its states are carried on.
        if execution.mode == .chunked { return [Window(start: 0, stop: count, first: 0, last: count)] }
        let size = Window.longest(task)
        return Window.cover(count, size: size, overlap: min(task.overlap, size / 4))
    }

    private static func checkCharacters(_ bundle: ModelBundle, _ characters: CharactersSpec?) throws {
        guard let characters else { return }
        let input = bundle.manifest.inputs.first { $0.name == characters.input }
        guard input?.shape.count == 3, input?.shape[2] == characters.width else {
            throw BundleError("\(bundle.path): its model does not read words of \(characters.width) characters")
        }
    }

    private static func checkOutputs(_ bundle: ModelBundle, _ columns: [Column]) throws {
        for column in columns {
            let output = bundle.manifest.outputs.first { $0.name == column.spec.output && $0.shape.count == 3 }
            guard let output, output.shape[2] == column.labels.count else {
                let found = output.map { $0.shape[2].map(String.init) ?? "any" } ?? "no output"
                throw BundleError(
                    "\(bundle.path): column '\(column.spec.name)': \(column.labels.count) labels for \(found)")
            }
        }
    }
}
