package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.Decoding
import edgernn.runtime.EncoderDecoder
import edgernn.runtime.InputError
import edgernn.runtime.PairScorer
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.caption.Caption
import edgernn.runtime.caption.CaptionOptions
import edgernn.runtime.caption.Look
import edgernn.runtime.decode.Hypothesis
import edgernn.runtime.decode.Limits
import edgernn.runtime.decode.Scored
import edgernn.runtime.decode.bestSequences
import edgernn.runtime.decode.byLengthAndCoverage
import edgernn.runtime.decode.greedy
import edgernn.runtime.decode.meanOf
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.spec.CaptionSpec
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.Span
import edgernn.runtime.text.strippedLeft
import edgernn.runtime.text.strippedRight
import edgernn.runtime.text.wordsWithTokens
import edgernn.runtime.vision.Picture
import edgernn.runtime.vision.fitted
import edgernn.runtime.vision.modelInput

/** Says in a sentence what is in a picture. */
class ImageCaptioner internal constructor(
    bundle: Bundle,
    val task: CaptionSpec,
    engine: Engine,
    options: EngineOptions,
) : EncoderDecoder(bundle, engine, options) {
    private val pieces = Pieces(bundle.asset(task.tokenizer), task.level, task.end, task.unknown)
    private val never = listOf(task.pad, task.begin, task.unknown)

    init {
        checkModel()
    }

    /**
     * What is in a picture.
     *
     * @param picture of any size, upright
     * @return the n best captions, the best first, of one token or more each
     */
    @JvmOverloads
    fun caption(picture: Picture, options: CaptionOptions = CaptionOptions()): List<Caption> {
        val score = byLengthAndCoverage(options.lengthPenalty, 0.0)
        val found = decoding(picture).use { decoding ->
            val (scorer, first) = begun(decoding)
            bestSequences(scorer, first, limits(options), score, task.end, never)
        }
        return found.take(options.nBest).map { captionOf(it, options.attention) }
    }

    /** The likeliest caption as it comes, part by part. */
    @JvmOverloads
    fun captionStream(picture: Picture, options: CaptionOptions = CaptionOptions(beams = 1)): Sequence<String> {
        if (options.beams != 1) throw InputError("a stream is of one hypothesis: leave beams out")
        return sequence {
            val decoder = pieces.decoder()
            var held = ""
            var said = false
            decoding(picture).use { decoding ->
                val (scorer, first) = begun(decoding)
                for (one in greedy(scorer, first, limits(options), task.end, never)) {
                    if (one.token != task.end) held += decoder.feed(one.token)
                    // Blanks at its ends are no part of a caption.
                    if (!said) held = held.strippedLeft()
                    val part = held.strippedRight()
                    held = held.substring(part.length)
                    if (part.isNotEmpty()) {
                        said = true
                        yield(part)
                    }
                }
            }
            val rest = (held + decoder.finish()).strippedRight()
            if (rest.isNotEmpty()) yield(rest)
        }
    }

    private fun decoding(picture: Picture): Decoding =
        encode(mapOf(task.picture to modelInput(fitted(picture, task.image), task.image)))

    /** With what follows the beginning, which is not the end: there is something to say of every picture. */
    private fun begun(decoding: Decoding): Pair<PairScorer, Scored> {
        val scorer = PairScorer(decoding, task.token, task.logits, task.attention)
        val first = scorer.step(intArrayOf(0), intArrayOf(task.begin))
        first.logits.forEach { it[task.end] = Float.NEGATIVE_INFINITY }
        return scorer to first
    }

    private fun limits(options: CaptionOptions) =
        Limits(options.beams, options.maxTokens ?: task.maxTokens, options.maxSeconds)

    private fun captionOf(one: Hypothesis, attended: Boolean): Caption {
        val decoder = pieces.decoder()
        val found = StringBuilder()
        val spans = one.tokens.map { token ->
            val part = decoder.feed(token)
            val start = found.length
            found.append(if (start == 0) part.strippedLeft() else part)
            Span(start, found.length)
        }
        val text = (found.toString() + decoder.finish()).strippedRight()
        val rows = one.attention
        if (rows == null || !attended) return Caption(text, one.score)
        val looks = wordsWithTokens(text, spans).map { (span, tokens) ->
            val weights = meanOf(tokens.map { rows[it] })
            Look(text.substring(span.start, span.stop), span, weights, task.grid[0], task.grid[1])
        }
        return Caption(text, one.score, looks)
    }

    private fun checkModel() {
        fun refuse(what: String): Nothing = throw BundleError("${bundle.where}: $what")
        val outputs = manifest.outputs.associate { it.name to it.shape }
        for ((name, last) in listOf(task.logits to pieces.size, task.attention to task.grid[0] * task.grid[1])) {
            if (outputs[name] != listOf(1, null, last)) refuse("its model has no output '$name' of shape [1, time, $last]")
        }
        val size = task.image.size
        val inputs = manifest.inputs.associate { it.name to it.shape }
        if (inputs != mapOf(task.picture to listOf(1, size, size, 3), task.token to listOf(1, null))) {
            refuse("its model's inputs are not '${task.picture}' [1, $size, $size, 3] and '${task.token}'")
        }
        if (listOf(task.begin, task.end, task.pad, task.unknown).max() >= pieces.size) {
            refuse("begin, end, pad or unknown is beyond the vocabulary of ${pieces.size} tokens")
        }
    }
}
