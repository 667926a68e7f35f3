/// The random numbers that sampling draws: PCG64 (O'Neill 2014), its state made of a seed by a seed sequence, as
/// NumPy's `default_rng` does; `devices/conformance/README.md` specifies both.
struct Generator {
    private var state: Wide
    private let increment: Wide

    init(seed: UInt64) {
        let low = UInt32(truncatingIfNeeded: seed)
        let high = UInt32(truncatingIfNeeded: seed >> 32)
        self.init(words: high == 0 ? [low] : [low, high])
    }

    /// - Parameter words: Of the seed, 32 bits each, the lowest first.
    init(words: [UInt32]) {
        let s = Self.spread(words)
        increment = Wide(s[2] << 1 | s[3] >> 63, s[3] << 1 | 1)
        state = Wide(0, 0)
        advance()
        state = state &+ Wide(s[0], s[1])
        advance()
    }

    /// 64 random bits.
    mutating func word() -> UInt64 {
        advance()
        let mixed = state.high ^ state.low
        let turn = state.high >> 58
        return turn == 0 ? mixed : mixed >> turn | mixed << (64 - turn)
    }

    /// A number in [0, 1).
    mutating func double() -> Double { Double(word() >> 11) / 9_007_199_254_740_992 }

    /// The four words that a seed spreads to.
    static func spread(_ words: [UInt32]) -> [UInt64] {
        var constant: UInt32 = 0x43B0_D7E5
        func hash(_ value: UInt32) -> UInt32 {
            var v = value ^ constant
            constant = constant &* 0x931E_8875
            v = v &* constant
            return v ^ v >> 16
        }
        func mix(_ x: UInt32, _ y: UInt32) -> UInt32 {
            let r = x &* 0xCA01_F9DD &- y &* 0x4973_F715
            return r ^ r >> 16
        }
        var pool = (0..<4).map { hash($0 < words.count ? words[$0] : 0) }
        for from in 0..<4 {
            for to in 0..<4 where to != from { pool[to] = mix(pool[to], hash(pool[from])) }
        }
        for word in words.dropFirst(4) {
            for to in 0..<4 { pool[to] = mix(pool[to], hash(word)) }
        }
        constant = 0x8B51_F9DD
        let halves: [UInt32] = (0..<8).map { place in
            var v = pool[place % 4] ^ constant
            constant = constant &* 0x58F3_8DED
            v = v &* constant
            return v ^ v >> 16
        }
        return (0..<4).map { UInt64(halves[2 * $0]) | UInt64(halves[2 * $0 + 1]) << 32 }
    }

    private mutating func advance() {
        state = state &* Wide(0x2360_ED05_1FC6_5DA4, 0x4385_DF64_9FCC_F645) &+ increment
    }
}

/// 128 bits. (Swift's own `UInt128` needs newer systems.)
private struct Wide {
    let high: UInt64
    let low: UInt64

    init(_ high: UInt64, _ low: UInt64) { (self.high, self.low) = (high, low) }

    static func &+ (one: Wide, other: Wide) -> Wide {
        let (low, carried) = one.low.addingReportingOverflow(other.low)
        return Wide(one.high &+ other.high &+ (carried ? 1 : 0), low)
    }

    static func &* (one: Wide, other: Wide) -> Wide {
        let product = one.low.multipliedFullWidth(by: other.low)
        return Wide(product.high &+ one.high &* other.low &+ one.low &* other.high, product.low)
    }
}
