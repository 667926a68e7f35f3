package edgernn.runtime.caption

import edgernn.runtime.decode.MOST_BEAMS
import edgernn.runtime.decode.MOST_TOKENS
import edgernn.runtime.decode.SettingsCheck
import edgernn.runtime.text.Span

/**
 * Settings of a caption.
 *
 * @property beams hypotheses of the beam search; 1: always the likeliest token
 * @property nBest captions to give, at most as many as there are beams
 * @property lengthPenalty alpha of Wu et al. 2016; above 0: longer captions
 * @property maxTokens of a caption, its end counted; null: as many as the bundle says
 * @property maxSeconds that writing may take, or null; what has been found by then is the caption
 * @property attention whether to tell where each word looked
 * @throws edgernn.runtime.InputError naming every value that is out of its range
 */
data class CaptionOptions(
    val beams: Int = 3,
    val nBest: Int = 1,
    val lengthPenalty: Double = 2.0,
    val maxTokens: Int? = null,
    val maxSeconds: Double? = null,
    val attention: Boolean = false,
) {
    init {
        SettingsCheck().apply {
            whole("beams", beams, 1..MOST_BEAMS)
            whole("nBest", nBest, 1..MOST_BEAMS)
            number("lengthPenalty", lengthPenalty, 0.0, 10.0)
            maxTokens?.let { whole("maxTokens", it, 1..MOST_TOKENS) }
            seconds(maxSeconds)
            that(nBest <= beams, "nBest ($nBest) must not exceed beams ($beams)")
        }.end()
    }
}

/**
 * Where a word looked.
 *
 * @property span its characters of the caption
 * @property weights of the places, row by row (see `rows`, `columns`); they add up to 1, or less with a visual sentinel. The
 *   places cover the square that the model sees.
 */
class Look(val word: String, val span: Span, val weights: FloatArray, val rows: Int, val columns: Int)

/**
 * A sentence about a picture.
 *
 * @property score natural logarithm of its probability, made comparable between lengths
 * @property attention for each word, where it was asked for
 */
class Caption(val text: String, val score: Double, val attention: List<Look> = emptyList())
