import XCTest

@testable import EdgeRNN

/// What follows each token, whatever came before.
private struct Table: BatchScorer {
    let logits: [[Float]]
    let attention: [[Float]]

    func step(_ parents: [Int], _ tokens: [Int]) -> Scored {
        Scored(logits: tokens.map { logits[$0] }, attention: tokens.map { attention[$0] })
    }
}

extension DecodeOptions {
    /// Settings by Python's names.
    init(_ json: Json) {
        self.init()
        for (name, value) in json.fields! {
            switch name.string {
            case "max_tokens": maxTokens = value.whole!
            case "max_seconds": maxSeconds = value.number
            case "temperature": temperature = value.double
            case "top_k": topK = value.whole!
            case "top_p": topP = value.double
            case "min_p": minP = value.double
            case "repetition_penalty": repetitionPenalty = value.double
            case "beams": beams = value.whole!
            case "length_penalty": lengthPenalty = value.double
            case "stop": stop = value.strings
            case "seed": seed = value == .null ? nil : value.whole.map(UInt64.init) ?? UInt64(value.string)!
            default: preconditionFailure("unknown setting \(name.string)")
            }
        }
    }
}

final class DecodeTests: XCTestCase {
    func testSampling() throws {
        let file = try Vectors.file("sampling")
        for (number, one) in try Vectors.cases("sampling").enumerated() {
            let options = DecodeOptions(one["options"]!)
            let forbidden = one["forbidden"]!.wholes
            let rows = tensor(one["logits"]!)!.rows
            var sampler = Sampler(options, forbidden: forbidden)
            sampler.see(one["seen"]!.wholes)
            XCTAssertEqual(rows.map { sampler.choose($0) }, one["tokens"]!.wholes, "case \(number)")
            guard let wanted = one["distribution"], wanted != .null else { continue }
            var row = rows[0]
            for token in forbidden { row[token] = -.infinity }
            let (ids, probabilities) = Sampler(options, forbidden: forbidden).distribution(row)
            XCTAssertEqual(ids, wanted["ids"]!.wholes, "case \(number)")
            assertClose(probabilities, wanted["probabilities"]!.doubles, one.tolerance(file), "case \(number)")
        }
    }

    func testBeams() throws {
        let file = try Vectors.file("beams")
        for (number, one) in try Vectors.cases("beams").enumerated() {
            let settings = one["limits"]!
            let limits = Limits(
                beams: settings["beams"]!.whole!, maxTokens: settings["max_tokens"]!.whole!,
                repetitionPenalty: settings["repetition_penalty"]?.double ?? 1)
            var table = Table(logits: tensor(one["table"]!)!.rows, attention: tensor(one["attention"]!)!.rows)
            let found = try bestSequences(
                &table, table.step([0], [one["begin"]!.whole!]), limits, score(one["score"]!), end: one["end"]!.whole!,
                forbidden: one["forbidden"]!.wholes)
            let wanted = one["hypotheses"]!.list!
            XCTAssertEqual(min(8, found.count), wanted.count, "case \(number)")
            for (hypothesis, json) in zip(found, wanted) {
                XCTAssertEqual(hypothesis.tokens, json["tokens"]!.wholes, "case \(number)")
                XCTAssertEqual(hypothesis.ended, json["ended"]!.bool, "case \(number)")
                assertClose(
                    [hypothesis.logProbability, hypothesis.score],
                    [json["log_probability"]!.double, json["score"]!.double], one.tolerance(file), "case \(number)")
            }
        }
    }

    func testStopStrings() throws {
        for one in try Vectors.cases("stops") {
            var stops = StopStrings(one["stop"]!.strings)
            XCTAssertEqual(one["parts"]!.list!.map { stops.feed($0.text!) }, one["passed"]!.list!.map { $0.text! })
            XCTAssertEqual(stops.stopped, one["stopped"]!.bool)
            XCTAssertEqual(stops.finish(), one["rest"]!.text!)
        }
    }

    func testDefaults() throws {
        let (wanted, own) = (DecodeOptions(try XCTUnwrap(try Vectors.file("stops")["defaults"])), DecodeOptions())
        XCTAssertEqual("\(own)", "\(wanted)")
    }

    func testSettingsOutOfRange() {
        func refused(_ change: (inout DecodeOptions) -> Void) -> String {
            var options = DecodeOptions()
            change(&options)
            do { try options.check() } catch { return "\(error)" }
            return ""
        }
        XCTAssertTrue(refused { $0.topP = 1.5 }.contains("topP must lie between"))
        XCTAssertTrue(refused { $0.temperature = .nan }.contains("temperature"))
        XCTAssertTrue(refused { $0.beams = 65 }.contains("beams must be a whole number between 1 and 64, not 65"))
        XCTAssertTrue(refused { $0.stop = [""] }.contains("stop"))
        let both = refused { ($0.minP, $0.maxTokens) = (-1, -1) }
        XCTAssertTrue(both.contains("minP") && both.contains("maxTokens"), both)
    }

    private func score(_ json: Json) -> Score {
        if let power = json["length"] { return Scores.byLength(power.double) }
        return Scores.byLengthAndCoverage(json["length_penalty"]!.double, json["coverage_penalty"]!.double)
    }
}
