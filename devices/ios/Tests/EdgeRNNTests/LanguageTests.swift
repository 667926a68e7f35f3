import EdgeRNNLiteRt
import Foundation
import XCTest

@testable import EdgeRNN

final class LanguageTests: XCTestCase {
    func testClassify() throws {
        for one in try Vectors.cases("classify") {
            let model: TextClassifier = try Vectors.model(one)
            let found = try model.classify(one.given)
            let wanted = one["categories"]!.list!
            XCTAssertEqual(found.map(\.label), wanted.map { $0["label"]!.string }, one.given)
            assertClose(
                found.map { Double($0.score) }, wanted.map { $0["score"]!.double }, one.tolerance(), one.given)
        }
    }

    func testNextTokens() throws {
        let file = try Vectors.file("lm")
        for one in try Vectors.cases("lm", "next") { try compare(try Vectors.model(one), one, file) }
    }

    func testGenerate() throws {
        for one in try Vectors.cases("lm", "generate") {
            let model: LanguageModel = try Vectors.model(one)
            var parts: [String] = []
            let options = DecodeOptions(one["settings"]!)
            let text = try model.generate(one["prompt"]!.string, options) { parts.append($0) }
            let what = "\(one["bundle"]!.string) '\(one["prompt"]!.string)' \(options)"
            XCTAssertEqual(parts.map(\.scalars), one["parts"]!.list!.map { $0.text! }, what)
            assertSame(text, parts.joined(), what)
        }
    }

    func testLearn() throws {
        let file = try Vectors.file("lm")
        for one in try Vectors.cases("lm", "learn") {
            // One of its own: it remembers.
            let path = Vectors.path(one["bundle"]!.string)
            let model = try XCTUnwrap(try load(path, engine: LiteRtEngine()) as? LanguageModel)
            one["texts"]!.strings.forEach(model.learn)
            for next in one["next"]!.list! { try compare(model, next, file) }
            let text = try model.generate(one["prompt"]!.string, DecodeOptions(one["settings"]!))
            assertSame(text, one["generated"]!.string, "after learning")
            try kept(model, one["texts"]!.strings)
        }
    }

    /// What was learnt is the same after a file.
    private func kept(_ model: LanguageModel, _ texts: [String]) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.adaptation?.save(path)
        let before = try model.nextTokens("I want ", k: 5)
        model.adaptation = model.newAdaptation()
        XCTAssertNotEqual(try model.nextTokens("I want ", k: 5), before)
        try model.adaptation?.load(path)
        let after = try model.nextTokens("I want ", k: 5)
        XCTAssertEqual(after.map(\.text), before.map(\.text))
        assertClose(after.map(\.score), before.map(\.score), 1e-6, "after a file")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        XCTAssertThrowsError(try model.adaptation?.load(path)) { XCTAssertTrue($0 is InputError) }
    }

    private func compare(_ model: LanguageModel, _ one: Json, _ file: Json) throws {
        let found = try model.nextTokens(one["text"]!.string, k: one["k"]!.whole!)
        let wanted = one["suggestions"]!.list!
        let what = "'\(one["text"]!.string)' \(one["k"]!.whole!)"
        XCTAssertEqual(found.map(\.text.scalars), wanted.map { $0["text"]!.text! }, what)
        XCTAssertEqual(found.map(\.completes), wanted.map { $0["completes"]!.bool! }, what)
        assertClose(found.map(\.score), wanted.map { $0["score"]!.double }, file["tolerance"]!.double, what)
    }
}
