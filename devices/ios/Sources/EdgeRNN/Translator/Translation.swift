/// A word of a translation and the word of the source that most attention was on when it was written.
public struct Link: Equatable, Sendable {
    /// Unicode scalars of the source.
    public let source: Range<Int>
    /// Unicode scalars of the translation.
    public let target: Range<Int>
    /// The attention that the source's word got, 0 to 1.
    public let weight: Double

    /// The same in texts that end after so many characters.
    func within(_ source: Int, _ target: Int) -> Link {
        Link(source: self.source.until(source), target: self.target.until(target), weight: weight)
    }

    /// The same in texts with so many characters before.
    func moved(_ source: Int, _ target: Int) -> Link {
        Link(source: self.source.moved(source), target: self.target.moved(target), weight: weight)
    }
}

extension Range where Bound == Int {
    func until(_ end: Int) -> Range<Int> { Swift.min(lowerBound, end)..<Swift.min(upperBound, end) }

    func moved(_ by: Int) -> Range<Int> { (lowerBound + by)..<(upperBound + by) }
}

/// A text in the other language.
public struct Translation: Equatable, Sendable {
    public let text: String
    /// Natural logarithm of its probability, made comparable between lengths (see `TranslationOptions`); of several
    /// sentences the mean by their tokens; 0 where nothing was to be translated.
    public let score: Double
    /// A link for each word, where it was asked for; none for what is kept as it is.
    public let alignment: [Link]
}

/// Settings of a translation.
public struct TranslationOptions: Sendable {
    /// Hypotheses of the beam search; 1: always the likeliest token.
    public var beams = 4
    /// Translations to give, at most as many as there are beams.
    public var nBest = 1
    /// Alpha of Wu et al. 2016; above 0: longer translations.
    public var lengthPenalty = 0.6
    /// Beta of Wu et al. 2016; above 0: nothing of the source left out.
    public var coveragePenalty = 0.0
    /// Of a sentence's translation.
    public var maxTokens = 500
    /// A sentence's translation may have so many times the source's tokens, and ten more.
    public var maxRatio = 2.0
    /// That a sentence may take, or nil; what has been found by then is the translation.
    public var maxSeconds: Double?
    /// Whether to tell which words of the source each word came from.
    public var alignment = false

    public init() {}

    func check() throws {
        var faults = SettingFaults()
        faults.check("beams", beams, 1...SettingFaults.mostBeams)
        faults.check("nBest", nBest, 1...SettingFaults.mostBeams)
        faults.check("maxTokens", maxTokens, 1...SettingFaults.mostTokens)
        faults.check("lengthPenalty", lengthPenalty, 0...10)
        faults.check("coveragePenalty", coveragePenalty, 0...10)
        faults.check("maxRatio", maxRatio, 0.1...1000)
        faults.check(maxSeconds: maxSeconds)
        faults.check(nBest: nBest, beams: beams)
        try faults.throwIfAny()
    }
}
