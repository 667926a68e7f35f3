package edgernn.runtime.translate

import edgernn.runtime.Decoding
import edgernn.runtime.EncoderDecoder
import edgernn.runtime.IntTensor
import edgernn.runtime.PairScorer
import edgernn.runtime.decode.Hypothesis
import edgernn.runtime.decode.Limits
import edgernn.runtime.decode.Scored
import edgernn.runtime.decode.bestSequences
import edgernn.runtime.decode.byLengthAndCoverage
import edgernn.runtime.decode.greedy
import edgernn.runtime.spec.TranslateSpec
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.isLetterOrNumber
import edgernn.runtime.text.points
import edgernn.runtime.text.strippedRight
import kotlin.math.ceil

/** A translation may be longer than its source by so many tokens, whatever the ratio. */
private const val SPARE = 10

/**
 * Translates what fits into the model at once.
 *
 * @param model that computes
 * @param task what the bundle says
 * @param encode the source's tokenizer
 * @param pieces what the target's tokens are
 */
internal class SentenceTranslator(
    private val model: EncoderDecoder,
    private val task: TranslateSpec,
    val encode: (String) -> IntArray,
    private val pieces: Pieces,
) {
    private val never = listOf(task.pad, task.begin)

    /** Whether the model has learnt where the unknown token goes: not where tokens are bytes or characters, and nothing is unknown. */
    val saysUnknown = task.level != "bpe" && task.level != "char"

    /** Whether a source can be read at once. */
    fun fits(text: String): Boolean {
        // A token is a byte at least: short texts need not be tokenized to know, nor need very long ones.
        val most = task.maxSource
        return 4 * text.points <= most || (text.points <= 100 * most && encode(text).size <= most)
    }

    /** Whether a source has so many tokens that a part may be missing in its translation. */
    fun isLong(text: String): Boolean = 4 * text.points >= LONG && encode(text).size >= LONG

    /**
     * The best translations of a text that fits, the best first.
     *
     * @param standIns characters in it that stand for something
     * @param aligned whether links are wanted
     */
    fun translate(text: String, options: TranslationOptions, standIns: Set<String>, aligned: Boolean): List<Said> {
        val source = source(text, standIns, aligned)
        val score = byLengthAndCoverage(options.lengthPenalty, options.coveragePenalty)
        val found = decoding(source).use { decoding ->
            val (scorer, first) = begun(decoding)
            bestSequences(scorer, first, limits(source, options), score, task.end, forbidden(source))
        }
        val said = found.map { said(source, it, aligned) }
        return if (closing(text).isEmpty()) said else said.map { opened(it, text.length) }
    }

    /** The likeliest translation of a text that fits, as it comes. */
    fun stream(text: String, options: TranslationOptions): Sequence<String> = sequence {
        val source = source(text, emptySet(), false)
        val speaker = speaker(source)
        val ending = if (closing(text).isEmpty()) "" else task.targetClosing
        var held = ""
        decoding(source).use { decoding ->
            val (scorer, first) = begun(decoding)
            for (one in greedy(scorer, first, limits(source, options), task.end, forbidden(source))) {
                if (one.token == task.end) break
                held += speaker.feed(one.token, one.attention)
                // Blanks at the end are no part of a translation, nor is what closes it for the model's sake.
                val said = held.strippedRight().removeSuffix(ending).strippedRight()
                held = held.substring(said.length)
                if (said.isNotEmpty()) yield(said)
            }
        }
        val rest = (held + speaker.finish()).strippedRight().removeSuffix(ending).strippedRight()
        if (rest.isNotEmpty()) yield(rest)
    }

    private fun source(text: String, standIns: Set<String>, aligned: Boolean): SourceText {
        // Where the unknown token may be said, it says a word of the source.
        val byWord = aligned || saysUnknown || standIns.isNotEmpty()
        return readSource(text + closing(text), encode, standIns, task.unknown, task.maxSource, byWord)
    }

    /** What is put behind a text for the model's sake. */
    private fun closing(text: String): String =
        if (text.isNotEmpty() && isLetterOrNumber(text.codePointBefore(text.length))) task.closing else ""

    /** Without what closes it for the model's sake; the source has so many characters. */
    private fun opened(said: Said, length: Int): Said {
        val text = said.text.removeSuffix(task.targetClosing).strippedRight()
        val links = said.links.filter { it.target.start < text.length }.map { it.within(length, text.length) }
        return said.copy(text = text, links = links)
    }

    private fun decoding(source: SourceText): Decoding {
        // Nothing at all is read as one step of padding, as in training.
        val ids = source.ids.ifEmpty { listOf(task.pad) }
        return model.encode(mapOf(task.source to IntTensor(ids.toIntArray(), listOf(1, ids.size))))
    }

    /** With what follows the beginning. */
    private fun begun(decoding: Decoding): Pair<PairScorer, Scored> {
        val scorer = PairScorer(decoding, task.token, task.logits, task.attention)
        return scorer to scorer.step(intArrayOf(0), intArrayOf(task.begin))
    }

    private fun limits(source: SourceText, options: TranslationOptions): Limits {
        val most = ceil(options.maxRatio * maxOf(1, source.ids.size)).toInt() + SPARE
        return Limits(options.beams, minOf(options.maxTokens, most), options.maxSeconds)
    }

    private fun forbidden(source: SourceText): List<Int> =
        if (source.stoodFor.isNotEmpty() || saysUnknown) never else never + task.unknown

    private fun speaker(source: SourceText) =
        Speaker(pieces.decoder(), task.unknown, task.level == "blank" || task.level == "word", source)

    private fun said(source: SourceText, one: Hypothesis, aligned: Boolean): Said {
        val speaker = speaker(source)
        val parts = one.tokens.mapIndexed { n, token -> speaker.feed(token, one.attention?.getOrNull(n)) }
        val text = (parts.joinToString("") + speaker.finish()).strippedRight()
        val links = if (aligned) linksOf(text, speaker.spans, one.attention, source.words) else emptyList()
        val lacks = one.ended && one.attention != null && leavesOut(one.attention, source.ids.size)
        return Said(text, one.score, one.tokens.size + (if (one.ended) 1 else 0), links, lacks)
    }
}
