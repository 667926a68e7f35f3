import Foundation
import XCTest

@testable import EdgeRNN

/// Several threads at once get what one alone gets.
final class ThreadTests: XCTestCase {
    func testClassifier() throws {
        let model: TextClassifier = try Vectors.model(named("tiny.float32"))
        let texts = try Vectors.cases("classify").prefix(12).map(\.given)
        assertSameOnThreads(texts.count) { try model.classify(texts[$0]).description }
    }

    func testLanguageModel() throws {
        let model: LanguageModel = try Vectors.model(named("words"))
        let prompts = ["", "I want", "I want ", "so much rain, ", "tell me about platform 9", "zzz"]
        assertSameOnThreads(prompts.count) { place in
            var options = DecodeOptions()
            (options.seed, options.maxTokens) = (UInt64(place), 12)
            return try model.generate(prompts[place], options)
        }
    }

    func testTranslator() throws {
        let model: Translator = try Vectors.model(named("translator"))
        let texts = ["I see the dog today.", "She wants bread", "I see rice. You have water here!", "zzz qqq"]
        assertSameOnThreads(texts.count) { try model.translate(texts[$0]).description }
    }

    private func named(_ bundle: String) -> Json { .object(["bundle".scalars: .text(bundle.scalars)]) }

    private func assertSameOnThreads(_ count: Int, _ call: (Int) throws -> String, line: UInt = #line) {
        let alone = (0..<count).map { try? call($0) }
        XCTAssertFalse(alone.contains(nil), line: line)
        let lock = NSLock()
        var together = [String?](repeating: nil, count: count)
        DispatchQueue.concurrentPerform(iterations: count) { place in
            let found = try? call(place)
            lock.withLock { together[place] = found }
        }
        XCTAssertEqual(together, alone, line: line)
    }
}
