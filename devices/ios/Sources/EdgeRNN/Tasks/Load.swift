/// Reads, checks and opens a bundle as the class that its task names.
///
/// - Parameters:
///   - path: A file made by `edgernn convert`.
///   - engine: That computes: `LiteRtEngine()`, or your own.
///   - threads: That one call may use, 1 or more.
/// - Returns: `TextClassifier` for "classify", ...; `Model` for a bare Keras model.
/// - Throws: `BundleError`: the file is missing, damaged, not valid, or in a newer format; `RuntimeUnavailable`: the
///   engine cannot run it.
public func load(_ path: String, engine: Engine, threads: Int = 1) throws -> Model {
    try load(try readBundle(path), engine: engine, threads: threads)
}

/// As above, of a bundle that has been read.
public func load(_ bundle: ModelBundle, engine: Engine, threads: Int = 1) throws -> Model {
    try taskClass(bundle.manifest.task).init(bundle, engine: engine, options: EngineOptions(threads: threads))
}

private func taskClass(_ task: TaskSpec) -> Model.Type {
    switch task {
    case .classify: return TextClassifier.self
    case .forecast: return Forecaster.self
    case .lm: return LanguageModel.self
    case .tag: return SequenceTagger.self
    case .translate: return Translator.self
    case .caption: return ImageCaptioner.self
    case .model: return Model.self
    }
}
