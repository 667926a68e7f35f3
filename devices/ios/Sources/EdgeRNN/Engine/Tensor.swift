/// An array of numbers with a shape, row by row.
public struct Tensor: Equatable, Codable, Sendable {
    public enum Values: Equatable, Codable, Sendable {
        case float32([Float])
        case int32([Int32])
        case int64([Int64])
        case bool([Bool])
    }

    /// Sizes, the batch axis first.
    public let shape: [Int]
    public let values: Values

    /// - Precondition: as many values as the shape says.
    public init(_ values: Values, shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
        self.values = values
        self.shape = shape
    }

    public init(_ values: [Float], shape: [Int]) { self.init(.float32(values), shape: shape) }

    public init(_ values: [Int32], shape: [Int]) { self.init(.int32(values), shape: shape) }

    /// Zeros, or false.
    public init(zeros shape: [Int], _ dtype: DType) {
        let count = shape.reduce(1, *)
        switch dtype {
        case .float32: self.init(.float32([Float](repeating: 0, count: count)), shape: shape)
        case .int32: self.init(.int32([Int32](repeating: 0, count: count)), shape: shape)
        case .int64: self.init(.int64([Int64](repeating: 0, count: count)), shape: shape)
        case .bool: self.init(.bool([Bool](repeating: false, count: count)), shape: shape)
        }
    }

    /// Whole numbers as a model takes token ids, int32.
    init(ids: [Int], shape: [Int]) { self.init(ids.map(Int32.init), shape: shape) }

    public var dtype: DType {
        switch values {
        case .float32: return .float32
        case .int32: return .int32
        case .int64: return .int64
        case .bool: return .bool
        }
    }

    public var count: Int { values.count }

    /// The values as float32; 1 for true.
    public var floats: [Float] {
        guard case .float32(let values) = values else { return doubles.map(Float.init) }
        return values
    }

    /// The values as doubles; 1 for true.
    public var doubles: [Double] {
        switch values {
        case .float32(let values): return values.map(Double.init)
        case .int32(let values): return values.map(Double.init)
        case .int64(let values): return values.map(Double.init)
        case .bool(let values): return values.map { $0 ? 1 : 0 }
        }
    }

    /// The same values in another shape of as many.
    func reshaped(_ shape: [Int]) -> Tensor { Tensor(values, shape: shape) }

    /// Parts [start, stop) along an axis.
    func sliced(_ axis: Int, _ start: Int, _ stop: Int) -> Tensor {
        if start == 0 && stop == shape[axis] { return self }
        return picked(axis, Array(start..<stop))
    }

    /// These parts along an axis, in this order.
    func picked(_ axis: Int, _ places: [Int]) -> Tensor {
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let ranges = (0..<outer).flatMap { row in
            places.map { place in
                let start = (row * shape[axis] + place) * inner
                return start..<(start + inner)
            }
        }
        var sizes = shape
        sizes[axis] = places.count
        return Tensor(values.picked(ranges), shape: sizes)
    }

    /// Zeros behind along an axis, up to this size; of more the first ones.
    func padded(_ axis: Int, to size: Int) -> Tensor {
        if shape[axis] >= size { return sliced(axis, 0, size) }
        var sizes = shape
        sizes[axis] = size - shape[axis]
        return Tensor.joined([self, Tensor(zeros: sizes, dtype)], axis)
    }

    /// Tensors behind each other along an axis; they are alike in all others.
    static func joined(_ parts: [Tensor], _ axis: Int) -> Tensor {
        if parts.count == 1 { return parts[0] }
        let outer = parts[0].shape[..<axis].reduce(1, *)
        var sizes = parts[0].shape
        sizes[axis] = parts.map { $0.shape[axis] }.reduce(0, +)
        var found = parts[0].values.empty
        for row in 0..<outer {
            for part in parts {
                let length = part.count / outer
                found.append(part.values, (row * length)..<((row + 1) * length))
            }
        }
        return Tensor(found, shape: sizes)
    }

    /// Tensors of one shape behind each other along a new axis.
    static func stacked(_ parts: [Tensor], axis: Int) -> Tensor {
        var shape = parts[0].shape
        shape.insert(1, at: axis)
        return joined(parts.map { $0.reshaped(shape) }, axis)
    }

    /// float32 [rows, columns], row by row.
    var rows: [[Float]] {
        let width = shape[1]
        let all = floats
        return (0..<shape[0]).map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
    }
}

extension Tensor.Values {
    var count: Int {
        switch self {
        case .float32(let values): return values.count
        case .int32(let values): return values.count
        case .int64(let values): return values.count
        case .bool(let values): return values.count
        }
    }

    var empty: Tensor.Values {
        switch self {
        case .float32: return .float32([])
        case .int32: return .int32([])
        case .int64: return .int64([])
        case .bool: return .bool([])
        }
    }

    func picked(_ ranges: [Range<Int>]) -> Tensor.Values {
        var found = empty
        for range in ranges { found.append(self, range) }
        return found
    }

    /// Takes over some values of another array of the same type.
    mutating func append(_ other: Tensor.Values, _ range: Range<Int>) {
        switch (self, other) {
        case (.float32(var own), .float32(let more)):
            self = .float32([])
            own += more[range]
            self = .float32(own)
        case (.int32(var own), .int32(let more)):
            self = .int32([])
            own += more[range]
            self = .int32(own)
        case (.int64(var own), .int64(let more)):
            self = .int64([])
            own += more[range]
            self = .int64(own)
        case (.bool(var own), .bool(let more)):
            self = .bool([])
            own += more[range]
            self = .bool(own)
        default: preconditionFailure("arrays of different types")
        }
    }
}

/// Elements of a shape that nobody has checked yet; nil where it makes no sense, or is larger than any model's.
func product(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
        guard size >= 0, size <= Int(Int32.max) else { return nil }
        count *= size
        guard count <= Int(Int32.max) else { return nil }
    }
    return count
}
