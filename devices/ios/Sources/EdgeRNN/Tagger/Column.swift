import Foundation

/// A sentence's labels in one column.
struct Answer {
    /// Of each word.
    let labels: [Label]
    /// Their probabilities.
    let scores: [LabelScore]
    /// Of each word's whole answer, 0 to 1.
    let sureness: [Double]
    /// That the labels mark, with the probability of each; none without a scheme.
    let spans: [(LabelSpan, Double)]
}

/// One column of labels: from the network's scores to labels, their probabilities and the spans that they mark.
struct Column {
    let spec: ColumnSpec
    /// In the order of the scores' last axis.
    let labels: [String]
    let crf: Crf

    /// - Parameter scores: [time][labels], one step or more.
    func answer(_ scores: [[Double]]) -> Answer {
        if spec.kind == .several { return severalAnswers(scores) }
        let path = crf.best(scores)
        let lattice = crf.lattice(scores)
        let sureness = zip(lattice.probabilities, path).map { $0[$1] }
        let named = path.map { labels[$0] }
        let marked = spec.scheme == .none ? [] : spans(of: named)
        return Answer(
            labels: named.map(Label.one), scores: sureness.map(LabelScore.one), sureness: sureness,
            spans: marked.map { ($0, lattice.probability($0.start, Array(path[$0.start..<$0.stop]))) })
    }

    private func severalAnswers(_ scores: [[Double]]) -> Answer {
        let shares = scores.map { $0.map { 0.5 * (1 + tanh(0.5 * $0)) } }
        let chosen = scores.map { row in row.indices.filter { row[$0] > 0 } }
        return Answer(
            labels: chosen.map { .several($0.map { labels[$0] }) },
            scores: zip(chosen, shares).map { places, row in .several(places.map { row[$0] }) },
            sureness: shares.map { $0.map { max($0, 1 - $0) }.min() ?? 1 }, spans: [])
    }
}

/// Everything that stands between words and labels, but the network.
struct TagAssets {
    let features: Features
    let columns: [Column]
    let cutting: WordCutting

    /// - Throws: `BundleError`: an asset is not what it should be.
    init(_ task: TagSpec, _ bundle: ModelBundle) throws {
        let characters = try task.characters.map { try Self.text(bundle, $0.list) } ?? []
        let abbreviations = task.abbreviations.isEmpty ? [] : try Self.lines(bundle, task.abbreviations)
        features = Features(task, words: try Self.lines(bundle, task.words.list), characters: characters)
        columns = try task.columns.map { try Self.column($0, bundle) }
        cutting = WordCutting(clitics: task.clitics.map(\.scalars), abbreviations: Set(abbreviations))
    }

    private static func column(_ spec: ColumnSpec, _ bundle: ModelBundle) throws -> Column {
        let labels = try lines(bundle, spec.labels)
        guard !labels.contains([]), Set(labels).count == labels.count else {
            throw BundleError("\(bundle.path): \(spec.labels): labels must be one or more, each once, none empty")
        }
        let crf = spec.crf.isEmpty ? Crf.independent(labels.count) : try self.crf(spec.crf, labels.count, bundle)
        return Column(spec: spec, labels: labels.map(\.string), crf: crf)
    }

    private static func crf(_ name: String, _ labels: Int, _ bundle: ModelBundle) throws -> Crf {
        func row(_ json: Json?) -> [Double]? {
            guard let values = json?.list?.mapped(\.number), values.count == labels else { return nil }
            return values.allSatisfy(\.isFinite) ? values : nil
        }
        guard let document = try? Json(bundle.asset(name)) else {
            throw BundleError("\(bundle.path): \(name): not the effects of labels on each other")
        }
        guard let transitions = document["transitions"]?.list?.mapped({ row($0) }), transitions.count == labels,
            let start = row(document["start"]), let end = row(document["end"])
        else { throw BundleError("\(bundle.path): \(name): expected finite numbers for \(labels) labels") }
        return Crf(transitions: transitions, start: start, end: end)
    }

    private static func lines(_ bundle: ModelBundle, _ name: String) throws -> [Scalars] {
        try text(bundle, name).removingSuffix(["\n"]).split(at: "\n")
    }

    private static func text(_ bundle: ModelBundle, _ name: String) throws -> Scalars {
        guard let text = strictUtf8(try bundle.asset(name)) else {
            throw BundleError("\(bundle.path): \(name) is not UTF-8")
        }
        return text
    }
}
