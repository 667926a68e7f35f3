/// What a self-test found.
public struct SelftestReport: Sendable {
    /// Every vector within the tolerance, every text tokenized alike.
    public let passed: Bool
    /// The engine that computed.
    public let engine: String
    /// Number of golden vectors.
    public let vectors: Int
    /// Greatest absolute difference, as a part of the outputs' scale.
    public let maxError: Double
    /// The greatest that is allowed.
    public let tolerance: Double
    /// One sentence a failed vector.
    public let failures: [String]
}

/// Makes a model's inputs from a text, as the workstation did.
protocol TextEncoding {
    func encoded(_ text: Scalars) throws -> [String: Tensor]
}

/// Does this device compute what the workstation computed? Runs every golden vector of the bundle.
public func selftest(_ model: Model) throws -> SelftestReport {
    let vectors = try GoldenVector.all(model.bundle.asset(Manifest.goldenName))
    let golden = model.manifest.golden
    let kept = vectors.flatMap { $0.outputs.values.flatMap { $0.values.map(\.magnitude) } }
    let most = kept.max() ?? 0
    let scale = most == 0 ? 1 : most
    var failures: [String] = []
    var greatest = 0.0
    for (number, vector) in vectors.enumerated() {
        do {
            let error = try error(model, vector, number, scale, &failures)
            if !(error <= golden.tolerance) {
                failures.append(
                    "vector \(number): output differs by \(error) of the scale, \(golden.tolerance) is allowed")
            }
            if error > greatest || error.isNaN { greatest = error }
        } catch let error as EdgeRNNError {
            failures.append("vector \(number): \(error.message)")
        }
    }
    if vectors.count != golden.vectors {
        failures.append("\(vectors.count) vectors found, \(golden.vectors) declared")
    }
    return SelftestReport(
        passed: failures.isEmpty, engine: model.engine, vectors: vectors.count, maxError: greatest,
        tolerance: golden.tolerance, failures: failures)
}

private func error(
    _ model: Model, _ vector: GoldenVector, _ number: Int, _ scale: Double, _ failures: inout [String]
) throws -> Double {
    if let text = vector.text, let encoder = model as? TextEncoding {
        let found = try encoder.encoded(text)
        if vector.inputs.contains(where: { found[$0.key] != $0.value }) {
            failures.append("vector \(number): its text is tokenized differently here")
        }
    }
    let outputs = try model.run(vector.inputs, states: vector.states.isEmpty ? nil : vector.states)
    return vector.outputs.reduce(0) { most, item in
        let difference = (outputs[item.key].map(item.value.difference) ?? .infinity) / scale
        return difference > most || difference.isNaN ? difference : most
    }
}
