import XCTest

@testable import EdgeRNN

final class TagTests: XCTestCase {
    func testWords() throws {
        for one in try Vectors.cases("words") {
            let text = one.given.scalars
            let cutting = WordCutting(
                clitics: one["clitics"]!.strings.map(\.scalars),
                abbreviations: Set(one["abbreviations"]!.strings.map(\.scalars)))
            let words = cutting.words(text)
            XCTAssertEqual(words.map { $0.start..<$0.end }, one["words"]!.list!.map(\.span), one.given)
            XCTAssertEqual(WordCutting.sentences(text, words).map(\.count), one["sentences"]!.wholes, one.given)
            for (word, units) in zip(words, one["span16"]!.list!) {
                let range = one.given.range(start: word.start, end: word.end)
                XCTAssertEqual(
                    one.given.utf16.distance(from: one.given.startIndex, to: range.lowerBound), units.wholes[0])
                XCTAssertEqual(
                    one.given.utf16.distance(from: one.given.startIndex, to: range.upperBound), units.wholes[1])
            }
        }
    }

    func testShapesWindowsAndSpans() throws {
        for one in try Vectors.cases("words", "shapes") {
            XCTAssertEqual(shapeOf(one.list![0].text!), one.list![1].whole, one.list![0].string)
        }
        for one in try Vectors.cases("words", "windows") {
            let found = Window.cover(one["count"]!.whole!, size: one["size"]!.whole!, overlap: one["overlap"]!.whole!)
            XCTAssertEqual(found.map { [$0.start, $0.stop, $0.first, $0.last] }, one["windows"]!.list!.map(\.wholes))
        }
        for one in try Vectors.cases("words", "spans") {
            let wanted = one["spans"]!.list!.map { json in
                LabelSpan(label: json.list![0].string, start: json.list![1].whole!, stop: json.list![2].whole!)
            }
            XCTAssertEqual(spans(of: one["labels"]!.strings), wanted)
        }
    }

    func testFields() throws {
        let file = try Vectors.file("crf")
        for (number, one) in try Vectors.cases("crf").enumerated() {
            func rows(_ name: String) -> [[Double]] { tensor(one[name]!)!.rows.map { $0.map(Double.init) } }
            let crf = Crf(
                transitions: rows("transitions"), start: tensor(one["start"]!)!.doubles,
                end: tensor(one["end"]!)!.doubles)
            let best = crf.best(rows("scores"))
            XCTAssertEqual(best, one["best"]!.wholes, "case \(number)")
            let lattice = crf.lattice(rows("scores"))
            let (tolerance, what) = (one.tolerance(file), "case \(number)")
            assertClose(lattice.probabilities.flatMap { $0 }, one["probabilities"]!.doubles, tolerance, what)
            for span in one["spans"]!.list!.map({ $0.list! }) {
                let (start, stop) = (span[0].whole!, span[1].whole!)
                assertClose(
                    [lattice.probability(start, Array(best[start..<stop]))], [span[2].double], tolerance, what)
            }
        }
    }

    func testFeatures() throws {
        for one in try Vectors.cases("tag", "features") {
            let model: SequenceTagger = try Vectors.model(one)
            let found = model.inputs(one["words"]!.strings.map(\.scalars))
            XCTAssertEqual(found.count, one["inputs"]!.fields!.count)
            for (name, wanted) in one["inputs"]!.fields! {
                XCTAssertEqual(found[name.string]?.shape, wanted["shape"]!.wholes)
                XCTAssertEqual(found[name.string]?.doubles, wanted["data"]!.doubles)
            }
        }
    }

    func testTag() throws {
        for one in try Vectors.cases("tag") {
            let model: SequenceTagger = try Vectors.model(one)
            let found = try one["list"].map { try model.tag(words: $0.strings) } ?? model.tag(one.given)
            compare(found.tokens, one["tokens"]!.list!, one.tolerance(), found.text)
            compare(found.entities, one["entities"]!.list!, one.tolerance(), found.text)
            XCTAssertEqual(found.spans.count, one["spans"]!.fields!.count)
            for (name, wanted) in one["spans"]!.fields! {
                compare(found.spans[name.string]!, wanted.list!, one.tolerance(), found.text)
            }
        }
    }

    func testStreams() throws {
        for one in try Vectors.cases("tag", "streams") {
            let model: SequenceTagger = try Vectors.model(one)
            let session = try model.tagSession()
            let words = one["words"]!.strings
            let whole = words.joined(separator: " ")
            compare(try words.map(session.step), one["tokens"]!.list!, one.tolerance(), whole)
            let copy = try session.fork()
            let next = try session.step("Rome")
            XCTAssertEqual(try copy.step("Rome"), next)
            session.reset()
            compare([try session.step(words[0])], [one["tokens"]!.list![0]], one.tolerance(), whole)
            XCTAssertThrowsError(try session.step(" ")) { XCTAssertTrue($0 is InputError) }
        }
    }

    private func compare(_ found: [Token], _ wanted: [Json], _ tolerance: Double, _ text: String) {
        XCTAssertEqual(found.count, wanted.count, text)
        for (token, json) in zip(found, wanted) {
            XCTAssertEqual(token.start..<token.end, json["span"]!.span, text)
            assertSame(token.text, String(text[text.range(start: token.start, end: token.end)]), text)
            XCTAssertEqual(token.label, json["label"]!.string, text)
            assertClose([token.score], [json["score"]!.double], tolerance, text)
            XCTAssertEqual(token.labels, json["labels"]!.fields!.mapped(label), text)
            for (name, score) in json["scores"]!.fields! {
                assertClose(
                    numbers(token.scores[name.string]!), score.list?.map(\.double) ?? [score.double], tolerance, text)
            }
        }
    }

    private func compare(_ found: [Entity], _ wanted: [Json], _ tolerance: Double, _ text: String) {
        XCTAssertEqual(found.map { $0.start..<$0.end }, wanted.map { $0["span"]!.span }, text)
        XCTAssertEqual(found.map(\.label), wanted.map { $0["label"]!.string }, text)
        assertClose(found.map(\.score), wanted.map { $0["score"]!.double }, tolerance, text)
    }

    private func label(_ json: Json) -> Label? { json.text.map { .one($0.string) } ?? .several(json.strings) }

    private func numbers(_ score: LabelScore) -> [Double] {
        switch score {
        case .one(let value): return [value]
        case .several(let values): return values
        }
    }
}
