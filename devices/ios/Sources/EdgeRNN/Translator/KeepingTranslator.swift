/// Sentences of any length, with what must be kept in them.
struct KeepingTranslator {
    let sentences: SentenceTranslator

    /// Up to `options.nBest` translations of a sentence, the best first.
    ///
    /// - Parameter sentence: One line, its blanks common ones, with a letter in it.
    func translate(_ sentence: Scalars, _ options: TranslationOptions) throws -> [Said] {
        let untagged = Kept.untag(sentence)
        let spoken = !sentences.saysUnknown
        for numbers in [false, true] {
            let masked = Kept.mask(untagged.edited.text, numbers: numbers, spoken: spoken)
            if numbers && masked.kept.isEmpty { break }
            let standIns = spoken ? [] : Set(masked.kept.keys.joined())
            let found = try whole(
                masked.edited.text, options, standIns: standIns, aligned: !untagged.tags.isEmpty)
            var good: [Said] = []
            for said in found {
                // Some differ in nothing but a number that was put right.
                if let one = restored(untagged, masked, said), !good.contains(where: { $0.text == one.text }) {
                    good.append(one)
                }
            }
            if !good.isEmpty { return Array(good.prefix(options.nBest)) }
        }
        return [try inPieces(untagged, options)]
    }

    /// The likeliest translation as it comes; at once where something must be kept.
    func stream(_ sentence: Scalars, _ options: TranslationOptions, _ take: (Scalars) -> Void) throws {
        if !Kept.untag(sentence).tags.isEmpty || Kept.pieces(sentence).contains(where: \.1) {
            take(try translate(sentence, options)[0].text)
            return
        }
        for piece in Layout.shortened(sentence, sentences.fits) {
            let (before, middle, after) = withoutEnds(piece)
            if !before.isEmpty { take(before) }
            if !middle.contains(where: \.isLetter) {
                if !middle.isEmpty { take(middle) }
            } else if sentences.isLong(middle) {
                let said = try whole(middle, options, standIns: [], aligned: false)[0].text
                if !said.isEmpty { take(said) }
            } else {
                try sentences.stream(middle, options, take)
            }
            if !after.isEmpty { take(after) }
        }
    }

    /// Translations of a text that may be too long to be read at once.
    private func whole(
        _ text: Scalars, _ options: TranslationOptions, standIns: Set<Unicode.Scalar>, aligned: Bool
    ) throws -> [Said] {
        let aligned = aligned || options.alignment
        let ranked = try Layout.shortened(text, sentences.fits).flatMap {
            try withoutLack($0, options, standIns, aligned)
        }
        return (0..<(ranked.map { $0.said.count }.max() ?? 0)).map { rank in
            chained(ranked.map { ($0.piece, $0.said[min(rank, $0.said.count - 1)]) })
        }
    }

    /// Translations of a piece, or of its halves one after the other where a part of it would be missing.
    private func withoutLack(
        _ piece: Scalars, _ options: TranslationOptions, _ standIns: Set<Unicode.Scalar>, _ aligned: Bool
    ) throws -> [(piece: Scalars, said: [Said])] {
        let found = try self.piece(piece, options, standIns, aligned)
        guard found[0].lacks else { return [(piece, found)] }
        return try Layout.halved(piece).flatMap { try withoutLack($0, options, standIns, aligned) }
    }

    /// Translations of what fits, with the blanks at its ends.
    private func piece(
        _ piece: Scalars, _ options: TranslationOptions, _ standIns: Set<Unicode.Scalar>, _ aligned: Bool
    ) throws -> [Said] {
        let (before, middle, after) = withoutEnds(piece)
        guard middle.contains(where: \.isLetter) else { return [Said(kept: piece)] }
        return try sentences.translate(middle, options, standIns: standIns, aligned: aligned).map { said in
            var moved = said
            moved.text = before + said.text + after
            moved.links = said.links.map { $0.moved(before.count, before.count) }
            return moved
        }
    }

    /// What must be kept as it is, and the pieces between translated by themselves.
    private func inPieces(_ untagged: Kept.Untagged, _ options: TranslationOptions) throws -> Said {
        let chosen = try Kept.pieces(untagged.edited.text).map { piece, kept in
            let said =
                kept
                ? Said(kept: piece)
                : try whole(piece, options, standIns: [], aligned: !untagged.tags.isEmpty)[0]
            return (piece, said)
        }
        return tagged(untagged, chained(chosen))
    }

    /// With what the stand-ins stand for, and with the tags; nil where something is missing.
    private func restored(_ untagged: Kept.Untagged, _ masked: Kept.Masked, _ said: Said) -> Said? {
        guard let numbered = Kept.renumbered(masked.edited.text, said.text),
            let restored = masked.restored(numbered.text)
        else { return nil }
        var found = said
        found.text = restored.text
        found.links = said.links.map {
            Link(
                source: masked.edited.before($0.source), target: restored.after(numbered.after($0.target)),
                weight: $0.weight)
        }
        return tagged(untagged, found)
    }

    private func tagged(_ untagged: Kept.Untagged, _ said: Said) -> Said {
        let edited = Kept.retagged(said.text, untagged.tags, said.links)
        var found = said
        found.text = edited.text
        found.links = said.links.map {
            Link(source: untagged.edited.before($0.source), target: edited.after($0.target), weight: $0.weight)
        }
        return found
    }

    private func withoutEnds(_ piece: Scalars) -> (Scalars, Scalars, Scalars) {
        let middle = piece.stripped()
        let start = piece.count - piece.leftStripped().count
        return (Array(piece[..<start]), middle, Array(piece[(start + middle.count)...]))
    }
}

/// Translations of pieces that follow each other as one.
func chained(_ pieces: [(Scalars, Said)]) -> Said {
    var links: [Link] = []
    var (source, text) = (0, Scalars())
    for (piece, said) in pieces {
        links += said.links.map { $0.moved(source, text.count) }
        source += piece.count
        text += said.text
    }
    let tokens = pieces.reduce(0) { $0 + $1.1.tokens }
    let total = pieces.reduce(0) { $0 + $1.1.score * Double($1.1.tokens) }
    return Said(text: text, score: tokens > 0 ? total / Double(tokens) : 0, tokens: tokens, links: links)
}
