package edgernn.runtime.translate

import edgernn.runtime.text.isLetter
import edgernn.runtime.text.points
import edgernn.runtime.text.stripped
import edgernn.runtime.text.strippedLeft

/** A translation with the number of tokens that it took. */
internal typealias Ranked = Pair<Translation, Int>

/** Whether there is anything to translate. */
internal fun hasLetters(text: String): Boolean = points(text).any(::isLetter)

/**
 * Sentences of any length, with what must be kept in them (see `Kept.kt`).
 *
 * @property sentences translates what fits into the model
 */
internal class KeepingTranslator(val sentences: SentenceTranslator) {
    /**
     * Up to `options.nBest` translations of a sentence, the best first.
     *
     * @param sentence one line, its blanks common ones, with a letter in it
     */
    fun translate(sentence: String, options: TranslationOptions): List<Ranked> {
        val untagged = untag(sentence)
        val spoken = !sentences.saysUnknown
        for (numbers in listOf(false, true)) {
            val masked = mask(untagged.edited.text, numbers, spoken)
            if (numbers && masked.kept.isEmpty()) break
            val aligned = untagged.tags.isNotEmpty() || options.alignment
            // Some differ in nothing but a number that was put right.
            val standIns = if (spoken) emptySet() else masked.kept.keys
            val good = whole(masked.edited.text, options, standIns, aligned)
                .mapNotNull { restored(untagged, masked, it) }.distinctBy { it.first.text }
            if (good.isNotEmpty()) return good.take(options.nBest)
        }
        return listOf(inPieces(untagged, options))
    }

    /** The likeliest translation as it comes; at once where something must be kept. */
    fun stream(sentence: String, options: TranslationOptions): Sequence<String> = sequence {
        if (untag(sentence).tags.isNotEmpty() || cutAtKept(sentence).any { it.second }) {
            yield(translate(sentence, options)[0].first.text)
            return@sequence
        }
        for (piece in shortened(sentence, sentences::fits)) {
            val (before, middle, after) = withoutEnds(piece)
            if (before.isNotEmpty()) yield(before)
            when {
                !hasLetters(middle) -> if (middle.isNotEmpty()) yield(middle)
                sentences.isLong(middle) -> {
                    val text = whole(middle, options, emptySet(), options.alignment)[0].text
                    if (text.isNotEmpty()) yield(text)
                }
                else -> yieldAll(sentences.stream(middle, options))
            }
            if (after.isNotEmpty()) yield(after)
        }
    }

    /** Translations of a text that may be too long to be read at once. */
    private fun whole(text: String, options: TranslationOptions, standIns: Set<String>, aligned: Boolean): List<Said> {
        val ranked = shortened(text, sentences::fits).flatMap { withoutLack(it, options, standIns, aligned) }
        val count = ranked.maxOf { it.second.size }
        return List(count) { rank -> chained(ranked.map { (piece, said) -> piece to said[minOf(rank, said.size - 1)] }) }
    }

    /** Translations of a piece, or of its halves one after the other where a part of it would be missing. */
    private fun withoutLack(
        piece: String,
        options: TranslationOptions,
        standIns: Set<String>,
        aligned: Boolean,
    ): List<Pair<String, List<Said>>> {
        val found = piece(piece, options, standIns, aligned)
        if (!found[0].lacks) return listOf(piece to found)
        return halved(piece).toList().flatMap { withoutLack(it, options, standIns, aligned) }
    }

    /** Translations of what fits, with the blanks at its ends. */
    private fun piece(piece: String, options: TranslationOptions, standIns: Set<String>, aligned: Boolean): List<Said> {
        val (before, middle, after) = withoutEnds(piece)
        if (!hasLetters(middle)) return listOf(Said(piece, 0.0, 0, emptyList()))
        return sentences.translate(middle, options, standIns, aligned).map { one ->
            val links = one.links.map { it.moved(before.length, before.length) }
            one.copy(text = before + one.text + after, links = links)
        }
    }

    /** What must be kept as it is, and the pieces between translated by themselves. */
    private fun inPieces(untagged: Untagged, options: TranslationOptions): Ranked {
        val aligned = untagged.tags.isNotEmpty() || options.alignment
        val chosen = cutAtKept(untagged.edited.text).map { (piece, kept) ->
            piece to if (kept) Said(piece, 0.0, 0, emptyList()) else whole(piece, options, emptySet(), aligned)[0]
        }
        return tagged(untagged, chained(chosen))
    }
}

/** With what the stand-ins stand for, and with the tags; null where something is missing. */
private fun restored(untagged: Untagged, masked: Masked, said: Said): Ranked? {
    val numbered = renumbered(masked.edited.text, said.text) ?: return null
    val restored = masked.restored(numbered.text) ?: return null
    val links = said.links.map {
        Link(masked.edited.before(it.source), restored.after(numbered.after(it.target)), it.weight)
    }
    return tagged(untagged, said.copy(text = restored.text, links = links))
}

private fun tagged(untagged: Untagged, said: Said): Ranked {
    val edited = retagged(said.text, untagged.tags, said.links)
    val links = said.links.map { Link(untagged.edited.before(it.source), edited.after(it.target), it.weight) }
    return Translation(edited.text, said.score, links) to said.tokens
}

/** Translations of pieces that follow each other as one. */
private fun chained(pieces: List<Pair<String, Said>>): Said {
    val links = ArrayList<Link>()
    var source = 0
    var target = 0
    for ((piece, said) in pieces) {
        said.links.mapTo(links) { it.moved(source, target) }
        source += piece.length
        target += said.text.length
    }
    val tokens = pieces.sumOf { it.second.tokens }
    val score = if (tokens == 0) 0.0 else pieces.sumOf { it.second.score * it.second.tokens } / tokens
    return Said(pieces.joinToString("") { it.second.text }, score, tokens, links)
}

/** The blanks before, what stands between, the blanks after. */
private fun withoutEnds(piece: String): Triple<String, String, String> {
    val middle = piece.stripped()
    val start = piece.length - piece.strippedLeft().length
    return Triple(piece.substring(0, start), middle, piece.substring(start + middle.length))
}
