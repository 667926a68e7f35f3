/// Some of an output's values.
struct GoldenSample {
    /// Of the whole output.
    let shape: [Int]
    /// The values kept are those at 0, stride, 2 * stride, ... in row-major order.
    let stride: Int
    let values: [Double]

    /// The greatest absolute difference; infinite where the shapes differ, not a number where a value is none.
    func difference(_ found: Tensor) -> Double {
        guard found.shape == shape else { return .infinity }
        let all = found.doubles
        let kept = Swift.stride(from: 0, to: all.count, by: stride).map { all[$0] }
        guard kept.count == values.count else { return .infinity }
        // The greatest of numbers, unless one is none: NumPy's rule.
        return zip(kept, values).reduce(0) { most, pair in
            let difference = (pair.0 - pair.1).magnitude
            return difference > most || difference.isNaN ? difference : most
        }
    }
}

/// One input and its outputs, as the workstation computed them.
struct GoldenVector {
    /// What the inputs were made from, or nil for a bare model.
    let text: Scalars?
    let inputs: [String: Tensor]
    let outputs: [String: GoldenSample]
    /// To start from; empty: zeros.
    let states: [String: Tensor]

    /// Reads the asset `golden.json`.
    static func all(_ data: [UInt8]) throws -> [GoldenVector] {
        guard let document = try? Json(data), let items = document.list, let vectors = items.mapped(GoldenVector.init)
        else { throw BundleError("golden vectors cannot be read") }
        return vectors
    }

    private init?(_ json: Json) {
        guard let inputs = json["inputs"]?.fields?.mapped(tensor),
            let outputs = json["outputs"]?.fields?.mapped(sample),
            let states = json["states"]?.fields?.mapped(tensor)
        else { return nil }
        text = json["text"]?.text
        (self.inputs, self.outputs, self.states) = (inputs, outputs, states)
    }
}

/// A tensor: {"dtype", "shape", "data"}, or {"dtype", "shape", "random": {"seed", "low", "high"}}.
func tensor(_ json: Json) -> Tensor? {
    guard let dtype = json["dtype"]?.text.flatMap({ DType(rawValue: $0.string) }),
        let shape = json["shape"]?.list?.mapped(\.whole)
    else { return nil }
    if let random = json["random"] {
        guard let seed = random["seed"]?.whole.flatMap(UInt32.init(exactly:)), let low = random["low"]?.whole,
            let high = random["high"]?.whole
        else { return nil }
        return RandomTensor(dtype: dtype, shape: shape, seed: seed, low: low, high: high).tensor()
    }
    guard let data = json["data"]?.list, data.count == product(shape),
        let values = Tensor.Values(data, dtype)
    else { return nil }
    return Tensor(values, shape: shape)
}

private func sample(_ json: Json) -> GoldenSample? {
    guard let shape = json["shape"]?.list?.mapped(\.whole), let stride = json["stride"]?.whole, stride > 0,
        let data = json["data"]?.list?.mapped({ $0.number ?? $0.bool.map { $0 ? 1 : 0 } })
    else { return nil }
    return GoldenSample(shape: shape, stride: stride, values: data)
}

extension Tensor.Values {
    fileprivate init?(_ data: [Json], _ dtype: DType) {
        switch dtype {
        case .float32:
            guard let values = data.mapped(\.number) else { return nil }
            self = .float32(values.map(Float.init))
        case .int32:
            guard let values = data.mapped({ $0.whole.flatMap(Int32.init(exactly:)) }) else { return nil }
            self = .int32(values)
        case .int64:
            guard let values = data.mapped(\.whole) else { return nil }
            self = .int64(values.map(Int64.init))
        case .bool:
            guard let values = data.mapped(\.bool) else { return nil }
            self = .bool(values)
        }
    }
}

extension Array {
    /// All of them changed; nil where one cannot be.
    func mapped<T>(_ change: (Element) -> T?) -> [T]? {
        let found = compactMap(change)
        return found.count == count ? found : nil
    }
}

extension Dictionary where Key == Scalars {
    func mapped<T>(_ change: (Value) -> T?) -> [String: T]? {
        var found: [String: T] = [:]
        for (name, value) in self {
            guard let one = change(value) else { return nil }
            found[name.string] = one
        }
        return found
    }
}
