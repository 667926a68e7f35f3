import Foundation
import XCTest

@testable import EdgeRNN

final class StepTests: XCTestCase {
    func testStepsFromStates() throws {
        for one in try Vectors.cases("steps") {
            let model: Model = try Vectors.model(one)
            let session = try model.session()
            try session.restore(Snapshot(states: one["states"]!.tensors))
            let inputs = one["inputs"]!.tensors
            for (time, wanted) in one["outputs"]!.list!.enumerated() {
                let outputs = try session.step(inputs.mapValues { $0.sliced(1, time, time + 1) })
                compare(outputs, wanted, one, "step \(time)")
            }
            compare(try session.snapshot().states, one["after"]!, one, "after")
        }
    }

    /// Pieces of any length give what single steps give, and a session's copy goes its own way.
    func testSessions() throws {
        for one in try Vectors.cases("steps") {
            let model: Model = try Vectors.model(one)
            let inputs = one["inputs"]!.tensors
            let session = try model.session()
            let start = try session.snapshot()
            _ = try session.run(inputs)
            let whole = try session.snapshot()
            session.reset()
            XCTAssertEqual(try session.snapshot(), start)
            let copy = try session.fork()
            for time in 0..<5 { _ = try session.step(inputs.mapValues { $0.sliced(1, time, time + 1) }) }
            XCTAssertEqual(try copy.snapshot(), start)
            for (name, state) in try session.snapshot().states {
                assertClose(state.doubles, whole.states[name]!.doubles, one.tolerance(), name)
            }
            try session.restore(start)
            XCTAssertEqual(try session.snapshot(), start)
            let kept = try JSONEncoder().encode(whole)
            XCTAssertEqual(try JSONDecoder().decode(Snapshot.self, from: kept), whole)
            let strange = Snapshot(states: start.states, modelSha256: "0")
            XCTAssertThrowsError(try session.restore(strange)) { XCTAssertTrue($0 is InputError) }
            XCTAssertThrowsError(try session.restore(Snapshot(states: [:]))) { XCTAssertTrue($0 is InputError) }
        }
    }

    func testWholeSequences() throws {
        for one in try Vectors.cases("steps", "runs") + Vectors.cases("steps", "whole") {
            let model: Model = try Vectors.model(one)
            let states = one["states"]!.tensors
            let outputs = try model.run(one["inputs"]!.tensors, states: states.isEmpty ? nil : states)
            compareShaped(outputs, one, stride: 1)
        }
    }

    func testEncoderAndDecoder() throws {
        for one in try Vectors.cases("steps", "pairs") {
            let model: EncoderDecoder = try Vectors.model(one)
            compareShaped(try model.run(one["inputs"]!.tensors), one, stride: one["stride"]!.whole!)
        }
    }

    func testFaultyInputs() throws {
        let json = Json.object(["bundle".scalars: .text("sensor".scalars)])
        let model: Model = try Vectors.model(json)
        let good = Tensor([Float](repeating: 0, count: 6), shape: [1, 3, 2])
        XCTAssertEqual(model.manifest.inputs.map(\.name), ["x"])
        XCTAssertNoThrow(try model.run(["x": good]))
        let bad: [[String: Tensor]] = [
            [:], ["y": good], ["x": good, "z": good], ["x": Tensor([Float](repeating: 0, count: 2), shape: [1, 2])],
            ["x": Tensor([Float](), shape: [1, 0, 2])],
            ["x": Tensor([Int32](repeating: .max, count: 2), shape: [1, 1, 2])],
        ]
        for inputs in bad {
            XCTAssertThrowsError(try model.run(inputs), "\(inputs)") { XCTAssertTrue($0 is InputError) }
        }
        XCTAssertThrowsError(try model.run(["y": good, "x": Tensor([Float(1)], shape: [1])])) { error in
            let message = (error as? InputError)?.message ?? ""
            XCTAssertTrue(message.contains("unknown input 'y'") && message.contains("has shape [1]"), message)
        }
    }

    private func compare(_ found: [String: Tensor], _ wanted: Json, _ one: Json, _ what: String) {
        XCTAssertEqual(Set(found.keys), Set(wanted.fields!.keys.map(\.string)))
        for (name, values) in wanted.fields! {
            let bundle = one["bundle"]!.string
            assertClose(
                found[name.string]!.doubles, values.doubles, one.tolerance(), "\(bundle): \(name.string), \(what)")
        }
    }

    private func compareShaped(_ found: [String: Tensor], _ one: Json, stride: Int) {
        XCTAssertEqual(Set(found.keys), Set(one["outputs"]!.fields!.keys.map(\.string)))
        for (name, wanted) in one["outputs"]!.fields! {
            let (output, bundle) = (found[name.string]!, one["bundle"]!.string)
            XCTAssertEqual(output.shape, wanted["shape"]!.wholes, bundle)
            let all = output.doubles
            let kept = Swift.stride(from: 0, to: all.count, by: stride).map { all[$0] }
            assertClose(kept, wanted["data"]!.doubles, one.tolerance(), "\(bundle): \(name.string)")
        }
    }
}
