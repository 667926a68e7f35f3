/// Covariates as the network takes them.
struct AlignedCovariates {
    static let incomplete = "values of a covariate are missing: its mean stands in for them"
    // In standard deviations: a broken sensor must not swamp the network.
    private static let most = 10.0

    /// [window][covariates], scaled.
    let window: [[Double]]
    /// [horizon][known covariates], scaled.
    let ahead: [[Double]]
    /// What was mended.
    let flags: [String]

    /// Lines covariates up with a history of so many values; nil where the bundle has none.
    ///
    /// - Parameters:
    ///   - given: By name, as many as the history has, or these and those ahead for those that are known ahead.
    ///   - count: Values of the history, missing ones too.
    /// - Throws: `InputError`: one that the bundle needs is not there or too short, or it knows none of that name.
    init?(_ given: [String: [Double]], _ count: Int, _ spec: ForecastSpec) throws {
        let names = spec.covariates.map(\.name)
        if let unknown = given.keys.sorted().first(where: { !names.contains($0) }) {
            throw InputError(
                "covariate '\(unknown)': this bundle has \(names.isEmpty ? "none" : names.joined(separator: ", "))")
        }
        if names.isEmpty { return nil }
        var window = [[Double]](repeating: [Double](repeating: .nan, count: names.count), count: spec.window)
        let known = spec.covariates.filter(\.known).count
        var ahead = [[Double]](repeating: [Double](repeating: .nan, count: known), count: spec.horizon)
        var column = 0
        for (place, one) in spec.covariates.enumerated() {
            let scaled = try Self.scaled(given, one, count)
            let recent = scaled[max(0, count - spec.window)..<count]
            for (step, value) in recent.enumerated() { window[spec.window - recent.count + step][place] = value }
            guard one.known else { continue }
            for (step, value) in scaled[count...].prefix(spec.horizon).enumerated() { ahead[step][column] = value }
            column += 1
        }
        let seen = window[max(0, spec.window - count)...]
        let isIncomplete = (seen + ahead).contains { $0.contains(where: \.isNaN) }
        let filled: ([Double]) -> [Double] = { $0.map { $0.isNaN ? 0 : $0 } }
        self.window = window.map(filled)
        self.ahead = ahead.map(filled)
        flags = isIncomplete ? [Self.incomplete] : []
    }

    private static func scaled(_ given: [String: [Double]], _ one: CovariateSpec, _ count: Int) throws -> [Double] {
        guard let values = given[one.name] else {
            let ahead = one.known ? " and the steps ahead" : ""
            throw InputError("covariate '\(one.name)' is missing: give its values for the history\(ahead)")
        }
        guard values.count >= count else {
            throw InputError(
                "covariate '\(one.name)': \(values.count) values for a history of \(count): give one for each")
        }
        return values.map { $0.isFinite ? min(max(($0 - one.mean) / one.scale, -most), most) : .nan }
    }
}
