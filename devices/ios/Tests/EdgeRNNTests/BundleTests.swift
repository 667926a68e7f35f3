import EdgeRNNLiteRt
import Foundation
import XCTest

@testable import EdgeRNN

final class BundleTests: XCTestCase {
    /// A file of vectors without a test here would be a promise that nobody keeps.
    func testEveryFileOfVectorsIsKnown() throws {
        XCTAssertEqual(
            Set(try Vectors.names()),
            [
                "random", "tensors", "bundles", "bad_bundles", "tokens", "words", "crf", "pictures", "series", "steps",
                "sampling", "beams", "stops", "classify", "forecast", "lm", "tag", "translate", "caption",
            ])
    }

    func testSoundBundles() throws {
        for one in try Vectors.cases("bundles") {
            let name = one["bundle"]!.string
            let model: Model = try Vectors.model(one)
            let manifest = model.manifest
            XCTAssertEqual("\(type(of: model))", one["class"]!.string, name)
            XCTAssertEqual(model.bundle.content.count, one["size"]!.whole, name)
            XCTAssertEqual(model.bundle.sha256, one["sha256"]!.string, name)
            XCTAssertEqual(manifest.model, file(one["model"]!), name)
            XCTAssertEqual(manifest.assets, one["assets"]!.fields!.mapValues(file), name)
            XCTAssertEqual(manifest.inputs.map(\.described), one["inputs"]!.list!.map(described), name)
            XCTAssertEqual(manifest.outputs.map(\.described), one["outputs"]!.list!.map(described), name)
            XCTAssertEqual(manifest.execution.mode.rawValue, one["mode"]!.string, name)
            XCTAssertEqual(manifest.execution.signatures.map(\.name), one["signatures"]!.strings, name)
            XCTAssertEqual(manifest.execution.states.map(\.name), one["states"]!.strings, name)
            XCTAssertEqual(manifest.quantization, one["recipe"]!.string, name)
            XCTAssertEqual(manifest.task.name, one["task"]!["name"]!.string, name)
            let report = try selftest(model)
            XCTAssertEqual(report.failures, [], name)
            XCTAssertTrue(report.passed, name)
            XCTAssertEqual(report.vectors, one["selftest"]!["vectors"]!.whole, name)
            XCTAssertEqual(report.tolerance, one["selftest"]!["tolerance"]!.double, name)
        }
    }

    func testEverySmallBundleComputesWhatTheWorkstationDid() throws {
        let names = try Vectors.bundleNames()
        XCTAssertGreaterThanOrEqual(names.count, 12)
        for name in names {
            let report = try selftest(try load(Vectors.path(name)))
            XCTAssertEqual(report.failures, [], name)
            XCTAssertGreaterThanOrEqual(report.vectors, 16, name)
        }
    }

    func testSelftestFindsWhatIsWrong() throws {
        for one in try Vectors.cases("bundles", "failing") {
            let model = try load(try ModelBundle(edited(one)), engine: LiteRtEngine())
            let report = try selftest(model)
            XCTAssertFalse(report.passed)
            let numbers = one["failing_vectors"]!.wholes
            XCTAssertEqual(report.failures.count, numbers.count)
            for (failure, number) in zip(report.failures, numbers) {
                XCTAssertTrue(failure.hasPrefix("vector \(number): "), failure)
            }
        }
    }

    func testBadBundles() throws {
        for one in try Vectors.cases("bad_bundles") {
            let name = one["name"]!.string
            var (kind, message) = ("", "")
            do {
                _ = try load(try ModelBundle(edited(one), path: "FILE"), engine: LiteRtEngine())
            } catch let error as EdgeRNNError {
                (kind, message) = ("\(type(of: error))", error.message)
            }
            XCTAssertEqual(kind, one["kind"]!.text?.string ?? "", "\(name): \(message)")
            for word in one["gist"]!.strings {
                XCTAssertTrue(message.contains(word), "\(name): '\(message)' does not say '\(word)'")
            }
            XCTAssertFalse(message.contains("\n"), "\(name): more than one line")
        }
    }

    func testFilesThatAreNotThere() {
        XCTAssertThrowsError(try readBundle("/nowhere/x.tflite")) { error in
            XCTAssertEqual((error as? BundleError)?.message, "/nowhere/x.tflite: no such file")
        }
        XCTAssertThrowsError(try readBundle("/")) { XCTAssertTrue($0 is BundleError) }
    }

    private func edited(_ one: Json) throws -> [UInt8] {
        var data = try Vectors.content(one["bundle"]!.string)
        for edit in one["edits"]!.list! {
            let at = edit["at"]!.whole!
            let inserted = [UInt8](Data(base64Encoded: edit["insert"]!.string)!)
            data.replaceSubrange(at..<(at + edit["delete"]!.whole!), with: inserted)
        }
        return data
    }

    private func file(_ json: Json) -> FileSpec { FileSpec(size: json["size"]!.whole!, sha256: json["sha256"]!.string) }

    private func described(_ json: Json) -> String {
        let shape = json["shape"]!.list!.map { $0.whole.map(String.init) ?? "any" }
        return "\(json["name"]!.string) \(json["dtype"]!.string) \(shape)"
    }
}

extension TensorSpec {
    fileprivate var described: String { "\(name) \(dtype) \(shape.map { $0.map(String.init) ?? "any" })" }
}
