import EdgeRNNLiteRt
import Foundation
import XCTest

@testable import EdgeRNN

/// The conformance vectors and the small bundles of the checkout that this package is part of.
enum Vectors {
    private static let root = (0..<5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }
    private static let folder = root.appendingPathComponent("devices/conformance/v1")
    private static let bundles = root.appendingPathComponent("tests/fixtures")
    nonisolated(unsafe) private static var opened: [String: Model] = [:]

    /// Names of all files.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).map { String($0.dropLast(".json".count)) }
    }

    /// One file's content.
    static func file(_ name: String) throws -> Json {
        let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
        let document = try Json([UInt8](data))
        XCTAssertEqual(document["format"]?.whole, 1, "\(name): another format")
        return document
    }

    /// One of a file's lists, which is not empty.
    static func cases(_ name: String, _ list: String = "cases") throws -> [Json] {
        let found = try XCTUnwrap(try file(name)[list]?.list)
        XCTAssertFalse(found.isEmpty, "\(name): \(list) is empty")
        return found
    }

    /// Names of all small bundles, also of those that came after the vectors.
    static func bundleNames() throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: bundles.path)
        return files.filter { $0.hasSuffix(".tflite") }.map { String($0.dropLast(".tflite".count)) }
    }

    static func path(_ bundle: String) -> String { bundles.appendingPathComponent("\(bundle).tflite").path }

    static func content(_ bundle: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(bundle))))
    }

    /// The bundle that a case names, opened once, as the class of its task.
    static func model<T: Model>(_ json: Json, _ kind: T.Type = T.self) throws -> T {
        let name = json["bundle"]!.string
        if opened[name] == nil { opened[name] = try load(path(name), engine: LiteRtEngine()) }
        return try XCTUnwrap(opened[name] as? T, "\(name) is not a \(T.self)")
    }
}

/// What the vectors are written in; what is not there as expected ends the test.
extension Json {
    var string: String { text!.string }

    var strings: [String] { list!.map(\.string) }

    var wholes: [Int] { list!.map { $0.whole! } }

    /// null is not-a-number; "inf" and "-inf" are infinite.
    var double: Double { number ?? text.map { $0.string == "inf" ? .infinity : -.infinity } ?? .nan }

    var doubles: [Double] { list!.map(\.double) }

    var span: Range<Int> { wholes[0]..<wholes[1] }

    var tensors: [String: Tensor] { fields!.mapped { tensor($0)! }! }

    /// A case's text; lone surrogates as U+FFFD.
    var given: String {
        self["text"]?.string ?? String(decoding: self["utf16"]!.wholes.map(UInt16.init), as: UTF16.self)
    }

    /// The tolerance of a case, else of its file.
    func tolerance(_ file: Json? = nil) -> Double { (self["tolerance"] ?? file?["tolerance"])!.double }
}

/// Compares numbers: the greatest difference, as a part of the greatest of them (1 where that is less).
func assertClose(
    _ found: [Double], _ wanted: [Double], _ tolerance: Double, _ what: String, line: UInt = #line
) {
    guard found.count == wanted.count else {
        XCTFail("\(what): \(found.count) values for \(wanted.count)", line: line)
        return
    }
    let scale = max(1, wanted.filter(\.isFinite).map(abs).max() ?? 0)
    for (place, (one, other)) in zip(found, wanted).enumerated() {
        let isEqual = one == other || (one.isNaN && other.isNaN) || abs(one - other) <= tolerance * scale
        if !isEqual {
            XCTFail("\(what): value \(place) is \(one), not \(other)", line: line)
            return
        }
    }
}

/// Scalar by scalar: `==` of strings takes two spellings of a letter for one.
func assertSame(_ found: String, _ wanted: String, _ what: String, line: UInt = #line) {
    if found.scalars != wanted.scalars { XCTFail("\(what): '\(found)', not '\(wanted)'", line: line) }
}
