/// The states as tensors that can be checked.
func stateSpecs(_ execution: ExecutionSpec) -> [TensorSpec] {
    execution.states.map { TensorSpec(name: $0.name, dtype: $0.dtype, shape: $0.shape) }
}

/// Turns what the caller passed into tensors of the declared types.
///
/// - Throws: `InputError`, naming every fault at once.
func checkInputs(_ inputs: [String: Tensor], _ specs: [TensorSpec]) throws -> [String: Tensor] {
    let inputs = namedByOrder(inputs, specs.map(\.name))
    var faults = inputs.keys.filter { name in !specs.contains { $0.name == name } }.sorted()
        .map { "unknown input '\($0)'" }
    var found: [String: Tensor] = [:]
    for spec in specs {
        guard let given = inputs[spec.name] else {
            faults.append("input '\(spec.name)' is missing")
            continue
        }
        if !fits(given.shape, spec.shape) {
            faults.append(
                "input '\(spec.name)' has shape \(shapeText(given.shape)), expected \(shapeText(spec.shape))")
        } else if let fault = conversionFault(given, spec) {
            faults.append(fault)
        } else {
            found[spec.name] = given.converted(to: spec.dtype)
        }
    }
    guard faults.isEmpty else {
        let wanted = specs.map { "\($0.name) \($0.dtype)\(shapeText($0.shape))" }.joined(separator: ", ")
        throw InputError("\(faults.joined(separator: "; ")) (this bundle takes \(wanted))")
    }
    return found
}

/// Gives tensors under names that Keras made up the made-up names that are left, in order, where there are as many.
///
/// Such names change when a model is saved and loaded. A dictionary has no order: the names' own numbers give it.
private func namedByOrder(_ inputs: [String: Tensor], _ names: [String]) -> [String: Tensor] {
    let strange = inputs.keys.filter { !names.contains($0) }.sorted { madeUpNumber($0) ?? 0 < madeUpNumber($1) ?? 0 }
    let left = names.filter { inputs[$0] == nil }
    guard !strange.isEmpty, strange.count == left.count, (strange + left).allSatisfy({ madeUpNumber($0) != nil }) else {
        return inputs
    }
    var renamed = inputs.filter { names.contains($0.key) }
    for (old, new) in zip(strange, left) { renamed[new] = inputs[old] }
    return renamed
}

/// The number of a name that Keras makes up for an input that was given none; nil for other names.
private func madeUpNumber(_ name: String) -> Int? {
    for stem in ["keras_tensor", "input_layer", "input"] where name.hasPrefix(stem) {
        let rest = name.dropFirst(stem.count)
        if rest.isEmpty { return 0 }
        if rest.hasPrefix("_"), rest.count > 1, rest.dropFirst().allSatisfy(\.isNumber) { return Int(rest.dropFirst()) }
    }
    return nil
}

func fits(_ shape: [Int], _ expected: [Int?]) -> Bool {
    shape.count == expected.count && zip(shape, expected).allSatisfy { $1 == nil || $0 == $1 }
}

private func conversionFault(_ given: Tensor, _ spec: TensorSpec) -> String? {
    // As NumPy's "same_kind": no number loses its kind.
    let ranks: [DType: Int] = [.bool: 0, .int32: 1, .int64: 1, .float32: 2]
    if ranks[given.dtype]! > ranks[spec.dtype]! {
        return "input '\(spec.name)' has dtype \(given.dtype), expected \(spec.dtype)"
    }
    if spec.dtype == .int32, case .int64(let values) = given.values,
        values.contains(where: { Int32(exactly: $0) == nil })
    {
        return "input '\(spec.name)' holds whole numbers beyond int32"
    }
    if spec.dtype == .float32 {
        let beyond = "input '\(spec.name)' holds whole numbers beyond float32"
        switch given.values {
        case .int32(let values):
            if values.contains(where: { Double(Float($0)) != Double($0) }) { return beyond }
        case .int64(let values):
            if values.contains(where: { Int64(exactly: Float($0)) != $0 }) { return beyond }
        default: break
        }
    }
    return nil
}

private func shapeText(_ shape: [Int?]) -> String {
    "[\(shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
}

extension Tensor {
    /// In a type that holds all of the values.
    fileprivate func converted(to dtype: DType) -> Tensor {
        if self.dtype == dtype { return self }
        switch dtype {
        case .float32: return Tensor(.float32(doubles.map(Float.init)), shape: shape)
        case .int32: return Tensor(.int32(doubles.map { Int32($0) }), shape: shape)
        case .int64: return Tensor(.int64(wholes), shape: shape)
        case .bool: return self
        }
    }

    private var wholes: [Int64] {
        switch values {
        case .int32(let values): return values.map(Int64.init)
        case .int64(let values): return values
        default: return doubles.map { Int64($0) }
        }
    }
}
