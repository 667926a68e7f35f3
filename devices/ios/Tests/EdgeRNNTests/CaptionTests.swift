import XCTest

@testable import EdgeRNN

extension CaptionOptions {
    /// Settings by Python's names.
    init(_ json: Json) {
        self.init()
        for (name, value) in json.fields! {
            switch name.string {
            case "beams": beams = value.whole!
            case "n_best": nBest = value.whole!
            case "length_penalty": lengthPenalty = value.double
            case "max_tokens": maxTokens = value.whole!
            case "attention": attention = value.bool!
            default: preconditionFailure("unknown setting \(name.string)")
            }
        }
    }
}

final class CaptionTests: XCTestCase {
    func testPictures() throws {
        for one in try Vectors.cases("pictures") {
            let (picture, spec) = (try self.picture(one), self.spec(one))
            let what = "\(picture.height) x \(picture.width) x \(picture.channels), \(spec.fit) \(spec.size)"
            XCTAssertEqual(picture.halvings(spec), one["halvings"]!.whole, what)
            let found = picture.fitted(spec)
            XCTAssertEqual([found.height, found.width, found.channels], [spec.size, spec.size, 3], what)
            if let pixels = one["pixels"] { XCTAssertEqual(found.pixels.map(Int.init), pixels.wholes, what) }
            XCTAssertEqual(Sha256.hex(found.pixels), one["sha256"]!.string, what)
        }
    }

    func testInputs() throws {
        for one in try Vectors.cases("pictures", "inputs") {
            let found = try picture(one).values(spec(one))
            XCTAssertEqual(found, one["values"]!.doubles.map(Float.init))
        }
    }

    func testCaption() throws {
        let file = try Vectors.file("caption")
        for (number, one) in try Vectors.cases("caption").enumerated() {
            let model: ImageCaptioner = try Vectors.model(one)
            let found = try model.caption(picture(one), CaptionOptions(one["settings"]!))
            let wanted = one["captions"]!.list!
            XCTAssertEqual(found.map(\.text.scalars), wanted.map { $0["text"]!.text! }, "case \(number)")
            assertClose(found.map(\.score), wanted.map { $0["score"]!.double }, one.tolerance(file), "case \(number)")
            for (caption, json) in zip(found, wanted) {
                let looks = json["attention"]!.list!
                XCTAssertEqual(caption.attention.map(\.word), looks.map { $0["word"]!.string })
                XCTAssertEqual(caption.attention.map(\.span), looks.map { $0["span"]!.span })
                for (look, weights) in zip(caption.attention, looks) {
                    assertClose(
                        look.weights.map(Double.init), weights["weights"]!.doubles, one.tolerance(file),
                        "case \(number)")
                }
            }
        }
    }

    func testStreams() throws {
        for one in try Vectors.cases("caption", "streams") {
            let model: ImageCaptioner = try Vectors.model(one)
            var parts: [String] = []
            let whole = try model.caption(picture(one)) { parts.append($0) }
            XCTAssertEqual(parts.map(\.scalars), one["parts"]!.list!.map { $0.text! })
            assertSame(whole, parts.joined(), "stream")
        }
    }

    func testFaultyPictures() {
        for (height, width, channels, count) in [(2, 2, 3, 11), (0, 2, 3, 0), (2, 2, 2, 8), (-1, -1, 3, 3)] {
            let pixels = [UInt8](repeating: 0, count: count)
            XCTAssertThrowsError(try Picture(height: height, width: width, channels: channels, pixels: pixels)) {
                XCTAssertTrue($0 is InputError)
            }
        }
    }

    /// A case's source, int32 random numbers as bytes.
    private func picture(_ one: Json) throws -> Picture {
        let source = try XCTUnwrap(tensor(one["source"]!))
        let channels = source.shape.count > 2 ? source.shape[2] : 1
        return try Picture(
            height: source.shape[0], width: source.shape[1], channels: channels,
            pixels: source.doubles.map { UInt8($0) })
    }

    private func spec(_ one: Json) -> PictureSpec {
        let faults = Faults()
        let spec = PictureSpec(FieldReader(one["spec"]!, "spec", faults))
        XCTAssertEqual(faults.list + spec.faults, [])
        return spec
    }
}
