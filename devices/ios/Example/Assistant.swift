import EdgeRNN
import EdgeRNNLiteRt
import Foundation

/// One line of an answer.
struct Line: Identifiable, Equatable, Sendable {
    let id: Int
    let text: String
    /// A probability, 0 to 1, or nil.
    let share: Double?
}

/// An answer, and how long it took.
struct Reply: Equatable, Sendable {
    let lines: [Line]
    let milliseconds: Double
}

/// Owns a model: everything that computes does so here, and never on the main thread.
actor Assistant {
    private let model: Model

    /// - Throws: `EdgeRNNError`, whose message can be shown.
    init(path: String) throws {
        model = try load(path, threads: 2)
    }

    /// "lm", "classify", ...
    var task: String { model.manifest.task.name }

    /// Whether this device computes what the workstation computed, one sentence.
    func check() throws -> String {
        let report = try selftest(model)
        return report.passed
            ? "Self-test passed: \(report.vectors) vectors, greatest error \(report.maxError)"
            : report.failures.joined(separator: "\n")
    }

    /// What the bundle's task says of a text; of a forecaster the text is numbers with blanks between.
    func reply(to text: String) throws -> Reply {
        let began = Date()
        let lines = try answers(text).enumerated().map { Line(id: $0, text: $1.0, share: $1.1) }
        return Reply(lines: lines, milliseconds: Date().timeIntervalSince(began) * 1000)
    }

    /// What is in a picture.
    func reply(to picture: Picture) throws -> Reply {
        let began = Date()
        guard let captioner = model as? ImageCaptioner else { throw InputError("this bundle reads no pictures") }
        let captions = try captioner.caption(picture)
        let lines = captions.enumerated().map { Line(id: $0, text: $1.text, share: nil) }
        return Reply(lines: lines, milliseconds: Date().timeIntervalSince(began) * 1000)
    }

    private func answers(_ text: String) throws -> [(String, Double?)] {
        switch model {
        case let classifier as TextClassifier:
            return try classifier.classify(text).map { ($0.label, Double($0.score)) }
        case let language as LanguageModel:
            return try language.nextTokens(text, k: 3).map { ($0.text, $0.score) }
        case let tagger as SequenceTagger:
            return try tagger.tag(text).entities.map { ("\($0.label): \($0.text)", $0.score) }
        case let translator as Translator:
            return try translator.translate(text).map { ($0.text, nil) }
        case let forecaster as Forecaster:
            let history = text.split(whereSeparator: \.isWhitespace).map { Double($0) ?? .nan }
            let found = try forecaster.forecast(history)
            return found.flags.map { ($0, nil) } + found.mean.map { (String(format: "%.2f", $0), nil) }
        default:
            throw InputError("a bundle of the task \(task) is not answered with a text")
        }
    }
}
