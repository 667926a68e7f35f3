import Foundation
import XCTest

@testable import EdgeRNN

/// Manifests that a bundle's seal does not rule out: whoever makes one can seal it. None may end the app.
final class HostileTests: XCTestCase {
    func testManifests() throws {
        let sound = try manifest("words")
        XCTAssertNoThrow(try parsed(sound))
        let changes = [
            // Beyond what can be computed with.
            ("\"steps\": 16", "\"steps\": 9007199254740993", "steps: expected a whole number"),
            ("\"name\": \"logits\"", "\"name\": \"scores\"", "chunk_16 does not give 'scores'"),
            ("\"dtype\": \"float32\"", "\"dtype\": \"int64\"", "chunk_4 does not give 'logits'"),
            ("    60\n", "    61\n", "chunk_1 does not give 'logits'"),
            ("1,\n    null\n", "1\n", "'ids' has no time axis"),
            ("    24\n", "    4294967296,\n 4294967296\n", "'state_recurrent_0_h' makes no sense"),
        ]
        for (old, new, wanted) in changes {
            let changed = try sound.replacingFirst(old, with: new)
            XCTAssertThrowsError(try parsed(changed), new) { error in
                let message = (error as? BundleError)?.message ?? "\(error)"
                XCTAssertTrue(message.contains(wanted), message)
            }
        }
    }

    func testShapesThatMakeNoSense() throws {
        for text in [
            #"{"dtype":"float32","shape":[4294967296,4294967296],"data":[]}"#,
            #"{"dtype":"float32","shape":[-1],"data":[]}"#,
            #"{"dtype":"int32","shape":[2],"data":[1,2147483648]}"#,
            #"{"dtype":"float32","shape":[2],"random":{"seed":0,"low":2,"high":2}}"#,
            #"{"dtype":"float32","shape":[65536,65536],"random":{"seed":0,"low":0,"high":2}}"#,
        ] {
            XCTAssertNil(tensor(try Json(Array(text.utf8))), text)
        }
    }

    func testTokensBeyondEveryModel() {
        for id in ["-1", "2147483648", "1.5", "\"1\""] {
            let text = "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":\(id)},\"unk_token\":\"a\"}}"
            XCTAssertThrowsError(try Tokenizer(Array(text.utf8)), id) { XCTAssertTrue($0 is BundleError) }
        }
    }

    private func parsed(_ text: String) throws -> Manifest { try Manifest(try Json(Array(text.utf8)), "FILE") }

    private func manifest(_ bundle: String) throws -> String {
        let archive = try ZipArchive(try Vectors.content(bundle))
        return String(decoding: try archive.read("edgernn.json".scalars, greatest: 1 << 20), as: UTF8.self)
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, with new: String) throws -> String {
        let range = try XCTUnwrap(range(of: old), "there is no \(old)")
        return replacingCharacters(in: range, with: new)
    }
}
