/// A pseudo-random tensor by its seed, as self-tests carry it; see `edge_runtime/random_tensor.py`, which specifies it.
struct RandomTensor {
    private static let greatestCount = 1 << 24

    let dtype: DType
    let shape: [Int]
    let seed: UInt32
    let low: Int
    let high: Int

    /// The tensor; nil where the shape or the bounds make no sense.
    func tensor() -> Tensor? {
        guard low < high, high - low <= Int(UInt32.max), shape.allSatisfy({ $0 >= 0 && $0 <= Self.greatestCount })
        else {
            return nil
        }
        var count = 1
        for size in shape {
            count *= size
            if count > Self.greatestCount { return nil }
        }
        let words = (0..<count).map(word)
        switch dtype {
        case .bool: return Tensor(.bool(words.map { $0 & 1 == 1 }), shape: shape)
        case .float32:
            let span = Double(high - low)
            return Tensor(.float32(words.map { Float(Double(low) + span * Double($0 >> 24) / 256) }), shape: shape)
        case .int32: return Tensor(.int32(words.map { Int32(truncatingIfNeeded: whole($0)) }), shape: shape)
        case .int64: return Tensor(.int64(words.map { Int64(whole($0)) }), shape: shape)
        }
    }

    private func whole(_ word: UInt32) -> Int { low + Int((UInt64(word) &* UInt64(high - low)) >> 32) }

    private func word(_ place: Int) -> UInt32 {
        var x = seed &+ UInt32(truncatingIfNeeded: place + 1) &* 0x9E37_79B9
        x ^= x >> 16
        x = x &* 0x85EB_CA6B
        x ^= x >> 13
        x = x &* 0xC2B2_AE35
        x ^= x >> 16
        return x
    }
}
