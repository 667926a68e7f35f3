import XCTest

@testable import EdgeRNN

final class RandomTests: XCTestCase {
    func testGenerator() throws {
        for one in try Vectors.cases("random") {
            let seed = one["seed"]!.string
            let words = words32(seed)
            XCTAssertEqual(Generator.spread(words).map(hex), one["state"]!.strings, seed)
            var generator = Generator(words: words)
            XCTAssertEqual(one["words"]!.strings.map { _ in hex(generator.word()) }, one["words"]!.strings, seed)
            var numbers = Generator(words: words)
            XCTAssertEqual(one["doubles"]!.doubles.map { _ in numbers.double() }, one["doubles"]!.doubles, seed)
            guard let short = UInt64(seed) else { continue }
            var same = Generator(seed: short)
            XCTAssertEqual(hex(same.word()), one["words"]!.strings[0], seed)
        }
    }

    func testTensors() throws {
        for one in try Vectors.cases("tensors") {
            let made = tensor(.object(one.fields!.filter { $0.key != "data".scalars }))
            let wanted = one["data"]!.list!.map { $0.number ?? ($0.bool! ? 1 : 0) }
            XCTAssertEqual(made?.doubles, wanted)
            XCTAssertEqual(made?.shape, one["shape"]!.wholes)
        }
    }

    /// FIPS 180-4's examples, and lengths around the blocks' ends against one another.
    func testSha256() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        XCTAssertEqual(Sha256.hex(Array("abc".utf8)), abc)
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        XCTAssertEqual(Sha256.hex([]), empty)
        for length in [1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 1000] {
            let data = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            var running = Sha256()
            for byte in data { running.update([byte]) }
            XCTAssertEqual(running.hex(), Sha256.hex(data), "\(length)")
        }
    }

    /// A seed in decimal digits, of any length, as words of 32 bits, the lowest first.
    private func words32(_ decimal: String) -> [UInt32] {
        var words: [UInt32] = []
        for digit in decimal.utf8 {
            var carried = UInt64(digit - UInt8(ascii: "0"))
            for place in words.indices {
                let value = UInt64(words[place]) * 10 + carried
                words[place] = UInt32(truncatingIfNeeded: value)
                carried = value >> 32
            }
            if carried > 0 { words.append(UInt32(carried)) }
        }
        return words.isEmpty ? [0] : words
    }

    private func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
