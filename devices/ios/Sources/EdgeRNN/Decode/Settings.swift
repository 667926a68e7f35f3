/// Collects what is wrong with settings, in the words of the Python runtime.
struct SettingFaults {
    static let mostTokens = 1_000_000
    static let mostBeams = 64

    private var list: [String] = []

    mutating func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) {
        if !range.contains(value) {
            list.append(
                "\(name) must be a whole number between \(range.lowerBound) and \(range.upperBound), not \(value)")
        }
    }

    mutating func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) {
        if !range.contains(value) {
            list.append("\(name) must lie between \(range.lowerBound) and \(range.upperBound), not \(value)")
        }
    }

    mutating func check(maxSeconds: Double?) {
        guard let seconds = maxSeconds, !(seconds >= 0 && seconds < .infinity) else { return }
        list.append("maxSeconds must be 0 or more, not \(seconds)")
    }

    mutating func check(nBest: Int, beams: Int) {
        if list.isEmpty && nBest > beams { list.append("nBest (\(nBest)) must not exceed beams (\(beams))") }
    }

    mutating func add(_ fault: String) { list.append(fault) }

    /// - Throws: `InputError`, naming every setting that is out of its range.
    func throwIfAny() throws {
        if !list.isEmpty { throw InputError(list.joined(separator: "; ")) }
    }
}

/// Settings of a generation; the defaults sample, within reason.
///
/// The steps come in this order: repetition penalty, temperature, top-k, top-p, min-p; what is left is drawn from in
/// proportion to its probability. With more than one beam nothing is drawn.
public struct DecodeOptions: Sendable {
    /// Tokens to generate at most.
    public var maxTokens = 50
    /// Seconds that it may take at most; nil: no limit.
    public var maxSeconds: Double?
    /// Logits are divided by it; 0: always the most probable token.
    public var temperature = 0.8
    /// Only the k most probable tokens; 0: all.
    public var topK = 40
    /// Only the smallest set of the most probable tokens whose probabilities add up to p; 1: all.
    public var topP = 0.95
    /// Only tokens with at least so many times the greatest probability; 0: all.
    public var minP = 0.0
    /// Positive logits of tokens that have come are divided by it, negative ones multiplied; 1: none.
    public var repetitionPenalty = 1.0
    /// Hypotheses of a beam search; 1: none.
    public var beams = 1
    /// A hypothesis' log-probability is divided by its length to this power.
    public var lengthPenalty = 1.0
    /// Texts before which generation ends.
    public var stop: [String] = []
    /// Of the draws; the same seed gives the same text. nil: another one each time.
    public var seed: UInt64?

    public init() {}

    func check() throws {
        var faults = SettingFaults()
        faults.check("maxTokens", maxTokens, 0...SettingFaults.mostTokens)
        faults.check("temperature", temperature, 0...100)
        faults.check("topK", topK, 0...1_000_000_000)
        faults.check("topP", topP, 0...1)
        faults.check("minP", minP, 0...1)
        faults.check("repetitionPenalty", repetitionPenalty, 0.01...100)
        faults.check("beams", beams, 1...SettingFaults.mostBeams)
        faults.check("lengthPenalty", lengthPenalty, -10...10)
        faults.check(maxSeconds: maxSeconds)
        if stop.contains("") { faults.add("stop must be texts, none of them empty") }
        try faults.throwIfAny()
    }
}
