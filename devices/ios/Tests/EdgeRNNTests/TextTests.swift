import XCTest

@testable import EdgeRNN

final class TextTests: XCTestCase {
    func testIds() throws {
        var known: [String: Tokenizer] = [:]
        for one in try Vectors.cases("tokens") {
            let key = "\(one["bundle"]!.string) \(one["asset"]!.string)"
            let model: Model = try Vectors.model(one)
            if known[key] == nil { known[key] = try Tokenizer(model.bundle.asset(one["asset"]!.string)) }
            XCTAssertEqual(known[key]!.encode(one.given.scalars), one["ids"]!.wholes, "\(key): '\(one.given)'")
        }
    }

    func testPrompts() throws {
        for one in try Vectors.cases("tokens", "language_models") {
            let model: LanguageModel = try Vectors.model(one)
            XCTAssertEqual(model.encode(one.given), one["ids"]!.wholes, "'\(one.given)'")
        }
    }

    func testDecoding() throws {
        for one in try Vectors.cases("tokens", "decoding") {
            let model: Model = try Vectors.model(one)
            let data = try model.bundle.asset(one["asset"]!.string)
            let pieces: Pieces
            switch model.manifest.task {
            case .lm(let task): pieces = try Pieces(data, task.level, end: task.end, unknown: task.unknown)
            case .translate(let task):
                pieces = try Pieces(data, task.level, end: task.special.end, unknown: task.special.unknown)
            default: return XCTFail("no vocabulary that is written")
            }
            let decoder = pieces.decoder(after: one["after"]!.text!)
            XCTAssertEqual(one["ids"]!.wholes.map(decoder.feed), one["parts"]!.list!.map { $0.text! })
            XCTAssertEqual(decoder.finish(), one["rest"]!.text!)
        }
    }

    func testWordsOfTokens() throws {
        for one in try Vectors.cases("tokens", "words") {
            let model: Translator = try Vectors.model(one)
            let text = one.given.scalars
            let ids = model.tokenizer.encode(text)
            XCTAssertEqual(ids, one["ids"]!.wholes)
            XCTAssertEqual(tokenWords(text, model.tokenizer.encode, ids), one["spans"]!.list!.map(\.span))
        }
    }

    /// What Hugging Face's format has and the kit's trainings do not write is refused, and said.
    func testUnknownTokenizers() {
        let parts = [
            #""normalizer":{"type":"NFC"}"#, #""pre_tokenizer":{"type":"Whitespace"}"#,
            #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated"}"#,
            #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?=a)"},"behavior":"Isolated"}"#,
            #""post_processor":{"type":"BertProcessing"}"#, #""truncation":{"max_length":9,"direction":"Left"}"#,
        ]
        for part in parts {
            let text = #"{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"# + part + "}"
            XCTAssertThrowsError(try Tokenizer(Array(text.utf8)), part) {
                XCTAssertTrue($0 is RuntimeUnavailable, part)
            }
        }
        let model = #"{"model":{"type":"Unigram","vocab":{}}}"#
        XCTAssertThrowsError(try Tokenizer(Array(model.utf8))) { XCTAssertTrue($0 is RuntimeUnavailable) }
    }

    func testPatterns() {
        func found(_ pattern: String, _ text: String, ignoringCase: Bool = false) -> [String] {
            let text = text.scalars
            return Pattern(own: pattern, ignoringCase: ignoringCase).matches(in: text).map { Array(text[$0]).string }
        }
        // By hand, as Python's re.finditer gives them.
        XCTAssertEqual(found("a|ab", "abab"), ["a", "a"])
        XCTAssertEqual(found("a*", "baac"), ["", "aa", "", ""])
        XCTAssertEqual(found("[]a]+", "x]a]"), ["]a]"])
        XCTAssertEqual(found("[^a-c-]+", "xa-yz"), ["x", "yz"])
        XCTAssertEqual(found(#"(?:ab){2,3}"#, "ababababab"), ["ababab", "abab"])
        XCTAssertEqual(found(#"(?:ab)*c"#, "ababc"), ["ababc"])
        XCTAssertEqual(found(#"a{2}"#, "aaaaa"), ["aa", "aa"])
        XCTAssertEqual(found(#"(?<![.!])[.!]+(?=\s)"#, "a.. b! c."), ["..", "!"])
        XCTAssertEqual(found(#"\bwww\."#, "xwww. WWW.", ignoringCase: true), ["WWW."])
        XCTAssertEqual(found(#"\d+$"#, "1 22\n"), ["22"])
        XCTAssertEqual(found("s", "\u{17F}S", ignoringCase: true), ["\u{17F}", "S"])
        for unknown in ["(?P<a>b)", "a**", "a+?", "[b-a]", "(a", "a)", #"\p{L}"#, #"\1"#, "*"] {
            XCTAssertThrowsError(try Pattern(unknown), unknown)
        }
    }

    func testJson() throws {
        func parsed(_ text: String) throws -> Json { try Json(Array(text.utf8)) }
        XCTAssertEqual(try parsed(#" {"a":[1,-2.5e3,true,null,"x\n\u00e9\ud83d\ude00"]} "#)["a"]?.list?.count, 5)
        XCTAssertEqual(try parsed(#""\ud83d\ude00\ud83d""#), .text(["\u{1F600}", "\u{FFFD}"]))
        XCTAssertEqual(try parsed("1"), .whole(1))
        XCTAssertEqual(try parsed("1.0"), .real(1))
        // Two spellings of one letter are two keys.
        XCTAssertEqual(try parsed("{\"e\u{301}\":1,\"\u{E9}\":2}").fields?.count, 2)
        let deep = String(repeating: "[", count: 100_000)
        for faulty in [
            "", "{", "[1,]", "01", "1.", "+1", "nul", "\"\n\"", "\"\\x\"", "[1] 2", deep, "{1:2}", "\"\\u12\"",
        ] {
            XCTAssertThrowsError(try parsed(faulty), faulty)
        }
        XCTAssertThrowsError(try Json([0x22, 0xFF, 0x22]))
    }
}
