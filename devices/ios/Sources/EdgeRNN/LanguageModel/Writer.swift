/// Puts the text of a generation together, token by token, up to a stop string.
final class Writer {
    private let decoder: PieceDecoder
    private let onPart: ((String) -> Void)?
    private var stops: StopStrings
    private var text = Scalars()
    // A blank that has been read already is not written again.
    private var skipsBlank: Bool

    /// - Parameters:
    ///   - after: The text before.
    ///   - skipsBlank: Whether that ends with a blank that belongs to the first token.
    ///   - stop: Texts before which it ends.
    ///   - onPart: Gets the text as it comes.
    init(_ pieces: Pieces, after: Scalars, skipsBlank: Bool, _ stop: [String], _ onPart: ((String) -> Void)?) {
        decoder = pieces.decoder(after: after)
        stops = StopStrings(stop)
        self.skipsBlank = skipsBlank
        self.onPart = onPart
    }

    /// Whether more is wanted.
    func take(_ token: Int) -> Bool {
        var part = decoder.feed(token)
        if skipsBlank && !part.isEmpty { (part, skipsBlank) = (part.removingPrefix([" "]), false) }
        pass(stops.feed(part))
        return !stops.stopped
    }

    /// The whole text.
    func finish() -> String {
        if !stops.stopped { pass(stops.feed(decoder.finish()) + stops.finish()) }
        return text.string
    }

    private func pass(_ part: Scalars) {
        guard !part.isEmpty else { return }
        text += part
        onPart?(part.string)
    }
}
