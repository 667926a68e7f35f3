/// A text in which pieces were replaced, and where each of its characters came from.
struct Edited {
    /// Before and after; a changed piece moves as a whole.
    private struct Piece {
        let before: Span
        let after: Span
        let changed: Bool
    }

    /// After.
    let text: Scalars
    private let pieces: [Piece]

    /// - Parameters:
    ///   - text: Before.
    ///   - changes: What comes in the place of which characters, in order, none overlapping.
    init(_ text: Scalars, _ changes: [(Span, Scalars)]) {
        var pieces: [Piece] = []
        var found = Scalars()
        var old = 0
        for (span, content) in changes + [(text.count..<text.count, [])] {
            let kept = old..<span.lowerBound
            pieces.append(Piece(before: kept, after: found.count..<(found.count + kept.count), changed: false))
            found += text[kept]
            pieces.append(Piece(before: span, after: found.count..<(found.count + content.count), changed: true))
            found += content
            old = span.upperBound
        }
        (self.text, self.pieces) = (found, pieces)
    }

    /// Where characters of the text after were before.
    func before(_ span: Span) -> Span { Self.moved(span, pieces.map { ($0.after, $0.before, $0.changed) }) }

    /// Where characters of the text before are after.
    func after(_ span: Span) -> Span { Self.moved(span, pieces.map { ($0.before, $0.after, $0.changed) }) }

    /// From where pieces are to where they go; nothing where nothing is left.
    private static func moved(_ span: Span, _ pieces: [(Span, Span, Bool)]) -> Span {
        var found: [Span] = []
        for (here, there, changed) in pieces {
            let (low, high) = (max(span.lowerBound, here.lowerBound), min(span.upperBound, here.upperBound))
            guard low < high else { continue }
            let shift = there.lowerBound - here.lowerBound
            found.append(changed ? there : (low + shift)..<(high + shift))
        }
        guard let first = found.first, let last = found.last else { return 0..<0 }
        return first.lowerBound..<last.upperBound
    }
}
