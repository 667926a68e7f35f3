import XCTest

@testable import EdgeRNN

final class ForecastTests: XCTestCase {
    func testPreparedSeries() throws {
        let file = try Vectors.file("series")
        for one in try Vectors.cases("series") {
            let faults = Faults()
            let spec = ForecastSpec(FieldReader(one["spec"]!, "spec", faults))
            XCTAssertEqual(faults.list, [])
            let name = one["history"]!.string
            let what = "\(name), \(spec.transform), \(spec.periods)"
            let covariates = one["covariates"]!.fields!.mapped(\.doubles)!
            let found = try Prepared(file["histories"]![name]!.doubles, spec, covariates)
            XCTAssertEqual(found.flags, one["flags"]!.strings, what)
            let tolerance = one.tolerance(file)
            assertClose(found.window.map(Double.init), one["window"]!.doubles, tolerance, "\(what): window")
            assertClose(found.context.map(Double.init), one["context"]!.doubles, tolerance, "\(what): context")
            assertClose([found.level, found.scale], [one["level"]!.double, one["scale"]!.double], tolerance, what)
            let shape = [spec.horizon, spec.quantiles.count]
            let outputs = RandomTensor(dtype: .float32, shape: shape, seed: 17, low: -2, high: 2).tensor()!
            assertClose(found.restored(outputs.floats), one["restored"]!.doubles, tolerance, "\(what): restored")
        }
    }

    func testForecast() throws {
        let file = try Vectors.file("forecast")
        for one in try Vectors.cases("forecast") {
            let model: Forecaster = try Vectors.model(one)
            let found = try model.forecast(
                one["history"]!.doubles, horizon: one["horizon"]!.whole, coverage: one["coverage"]!.double)
            compare(found, one, one.tolerance(file))
        }
    }

    func testStreams() throws {
        let file = try Vectors.file("forecast")
        for one in try Vectors.cases("forecast", "streams") {
            let model: Forecaster = try Vectors.model(one)
            let session = model.forecastSession()
            for step in one["steps"]!.list! {
                let copy = try session.fork()
                let value = step["value"]! == .null ? nil : step["value"]!.double
                let (time, interval) = (step["time"]!.number, step["interval"]!.number)
                let found = try session.step(value, time: time, interval: interval)
                XCTAssertEqual(found.flags, step["flags"]!.strings)
                assertClose([found.score], [step["score"]!.double], one.tolerance(file), "score")
                compare(found.forecast, step["forecast"]!, one.tolerance(file))
                XCTAssertEqual(try copy.step(value, time: time, interval: interval), found)
            }
        }
    }

    func testFaults() throws {
        let one = try Vectors.cases("forecast")[0]
        let model: Forecaster = try Vectors.model(one)
        let history = one["history"]!.doubles
        let calls: [() throws -> Forecast] = [
            { try model.forecast([]) }, { try model.forecast([.nan, .nan]) }, { try model.forecast([-1, 0]) },
            { try model.forecast(history, horizon: 0) }, { try model.forecast(history, horizon: 10_000) },
            { try model.forecast(history, coverage: 0.5) }, { try model.forecast(history, covariates: ["x": history]) },
        ]
        for call in calls { XCTAssertThrowsError(try call()) { XCTAssertTrue($0 is InputError) } }
        XCTAssertThrowsError(try model.forecastSession().step(nil)) { XCTAssertTrue($0 is InputError) }
    }

    private func compare(_ found: Forecast, _ wanted: Json, _ tolerance: Double) {
        XCTAssertEqual(found.flags, wanted["flags"]!.strings)
        assertClose(found.mean, wanted["mean"]!.doubles, tolerance, "mean")
        assertClose(found.lower, wanted["lower"]!.doubles, tolerance, "lower")
        assertClose(found.upper, wanted["upper"]!.doubles, tolerance, "upper")
    }
}
