package edgernn.runtime.translate

import edgernn.runtime.decode.MOST_BEAMS
import edgernn.runtime.decode.MOST_TOKENS
import edgernn.runtime.decode.SettingsCheck
import edgernn.runtime.text.Span

/**
 * Settings of a translation.
 *
 * @property beams hypotheses of the beam search; 1: always the likeliest token
 * @property nBest translations to give, at most as many as there are beams
 * @property lengthPenalty alpha of Wu et al. 2016; above 0: longer translations
 * @property coveragePenalty beta of Wu et al. 2016; above 0: nothing of the source left out
 * @property maxTokens of a sentence's translation
 * @property maxRatio a sentence's translation may have so many times the source's tokens, and ten more
 * @property maxSeconds that a sentence may take, or null; what has been found by then is the translation
 * @property alignment whether to tell which words of the source each word came from
 * @throws edgernn.runtime.InputError naming every value that is out of its range
 */
data class TranslationOptions(
    val beams: Int = 4,
    val nBest: Int = 1,
    val lengthPenalty: Double = 0.6,
    val coveragePenalty: Double = 0.0,
    val maxTokens: Int = 500,
    val maxRatio: Double = 2.0,
    val maxSeconds: Double? = null,
    val alignment: Boolean = false,
) {
    init {
        SettingsCheck().apply {
            whole("beams", beams, 1..MOST_BEAMS)
            whole("nBest", nBest, 1..MOST_BEAMS)
            whole("maxTokens", maxTokens, 1..MOST_TOKENS)
            number("lengthPenalty", lengthPenalty, 0.0, 10.0)
            number("coveragePenalty", coveragePenalty, 0.0, 10.0)
            number("maxRatio", maxRatio, 0.1, 1000.0)
            seconds(maxSeconds)
            that(nBest <= beams, "nBest ($nBest) must not exceed beams ($beams)")
        }.end()
    }
}

/**
 * A word of a translation and the word of the source that most attention was on when it was written.
 *
 * @property source its characters in the source
 * @property target its characters in the translation
 * @property weight the attention that the source's word got, 0 to 1
 */
data class Link(val source: Span, val target: Span, val weight: Double) {
    internal fun moved(source: Int, target: Int) = Link(this.source.moved(source), this.target.moved(target), weight)

    /** The same in texts that end after so many characters. */
    internal fun within(source: Int, target: Int) = Link(this.source.until(source), this.target.until(target), weight)
}

/**
 * A text in the other language.
 *
 * @property score natural logarithm of its probability, made comparable between lengths; of several sentences the mean by
 *   their tokens; 0 where nothing was to be translated
 * @property alignment a link for each word, where it was asked for; none for what is kept as it is
 */
data class Translation(val text: String, val score: Double, val alignment: List<Link> = emptyList())

/**
 * One translation of a piece of text.
 *
 * @property tokens how many were written, the end counted
 * @property lacks whether a part of a long source is missing, by the attention
 */
internal data class Said(
    val text: String,
    val score: Double,
    val tokens: Int,
    val links: List<Link>,
    val lacks: Boolean = false,
)
