import XCTest

@testable import EdgeRNN

extension TranslationOptions {
    /// Settings by Python's names.
    init(_ json: Json) {
        self.init()
        for (name, value) in json.fields! {
            switch name.string {
            case "beams": beams = value.whole!
            case "n_best": nBest = value.whole!
            case "length_penalty": lengthPenalty = value.double
            case "coverage_penalty": coveragePenalty = value.double
            case "max_tokens": maxTokens = value.whole!
            case "max_ratio": maxRatio = value.double
            case "alignment": alignment = value.bool!
            default: preconditionFailure("unknown setting \(name.string)")
            }
        }
    }
}

final class TranslateTests: XCTestCase {
    func testLayout() throws {
        for one in try Vectors.cases("translate", "layout") {
            let wanted = one["parts"]!.list!.map { Part(text: $0.list![0].text!, isSentence: $0.list![1].bool!) }
            XCTAssertEqual(Layout.parts(of: one.given.scalars), wanted, one.given)
        }
        for one in try Vectors.cases("translate", "kept") {
            let found = Kept.pieces(one.given.scalars)
            XCTAssertEqual(found.map(\.0), one["pieces"]!.list!.map { $0.list![0].text! }, one.given)
            XCTAssertEqual(found.map(\.1), one["pieces"]!.list!.map { $0.list![1].bool! }, one.given)
        }
        for one in try Vectors.cases("translate", "shortened") {
            let most = one["most"]!.whole!
            let found = Layout.shortened(one.given.scalars) { $0.count <= most }
            XCTAssertEqual(found, one["pieces"]!.list!.map { $0.text! }, one.given)
        }
    }

    func testWhatIsLeftOut() throws {
        for one in try Vectors.cases("translate", "left_out") {
            let rows = one["attention"]!.list!.map { $0.doubles.map(Float.init) }
            XCTAssertEqual(leavesOut(rows, one["tokens"]!.whole!), one["left_out"]!.bool)
        }
    }

    func testTranslate() throws {
        let file = try Vectors.file("translate")
        for one in try Vectors.cases("translate") {
            let model: Translator = try Vectors.model(one)
            let options = TranslationOptions(one["settings"]!)
            let found = try model.translate(one.given, options)
            let wanted = one["translations"]!.list!
            let what = "'\(one.given)' \(options)"
            XCTAssertEqual(found.map(\.text.scalars), wanted.map { $0["text"]!.text! }, what)
            assertClose(found.map(\.score), wanted.map { $0["score"]!.double }, one.tolerance(file), what)
            for (translation, json) in zip(found, wanted) {
                let links = json["alignment"]!.list!.map { $0.list! }
                XCTAssertEqual(translation.alignment.map(\.source), links.map { $0[0].whole!..<$0[1].whole! }, what)
                XCTAssertEqual(translation.alignment.map(\.target), links.map { $0[2].whole!..<$0[3].whole! }, what)
                assertClose(translation.alignment.map(\.weight), links.map { $0[4].double }, one.tolerance(file), what)
            }
        }
    }

    func testStreams() throws {
        for one in try Vectors.cases("translate", "streams") {
            let model: Translator = try Vectors.model(one)
            var parts: [String] = []
            let whole = try model.translate(one.given) { parts.append($0) }
            XCTAssertEqual(parts.map(\.scalars), one["parts"]!.list!.map { $0.text! }, one.given)
            assertSame(whole, parts.joined(), one.given)
        }
    }

    func testSettingsOutOfRange() throws {
        let model: Translator = try Vectors.model(try Vectors.cases("translate")[0])
        var options = TranslationOptions()
        (options.beams, options.nBest) = (2, 3)
        XCTAssertThrowsError(try model.translate("a", options)) { error in
            XCTAssertEqual((error as? InputError)?.message, "nBest (3) must not exceed beams (2)")
        }
    }
}
