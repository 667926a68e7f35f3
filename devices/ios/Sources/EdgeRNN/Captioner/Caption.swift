/// Where a word looked.
public struct Look: Equatable, Sendable {
    public let word: String
    /// Its Unicode scalars of the caption.
    public let span: Range<Int>
    /// [rows * columns] of `CaptionSpec.grid`, row by row, the mean of its tokens'; they add up to 1, or less with a
    /// visual sentinel.
    public let weights: [Float]
}

/// A sentence about a picture.
public struct Caption: Equatable, Sendable {
    /// Without blanks at its ends.
    public let text: String
    /// Natural logarithm of its probability, made comparable between lengths (see `CaptionOptions`).
    public let score: Double
    /// For each word, where it was asked for.
    public let attention: [Look]
}

/// Settings of a caption.
public struct CaptionOptions: Sendable {
    /// Hypotheses of the beam search; 1: always the likeliest token.
    public var beams = 3
    /// Captions to give, at most as many as there are beams.
    public var nBest = 1
    /// Alpha of Wu et al. 2016; above 0: longer captions. At 2 captions of 4 to 10 tokens are compared by about the mean
    /// log-probability of a token.
    public var lengthPenalty = 2.0
    /// Of a caption, its end counted; nil: as many as the bundle says.
    public var maxTokens: Int?
    /// That writing may take, or nil; what has been found by then is the caption.
    public var maxSeconds: Double?
    /// Whether to tell where each word looked.
    public var attention = false

    public init() {}

    func check() throws {
        var faults = SettingFaults()
        faults.check("beams", beams, 1...SettingFaults.mostBeams)
        faults.check("nBest", nBest, 1...SettingFaults.mostBeams)
        faults.check("lengthPenalty", lengthPenalty, 0...10)
        if let maxTokens { faults.check("maxTokens", maxTokens, 1...SettingFaults.mostTokens) }
        faults.check(maxSeconds: maxSeconds)
        faults.check(nBest: nBest, beams: beams)
        try faults.throwIfAny()
    }
}
