package edgernn.runtime.spec

import edgernn.runtime.text.isLetterOrNumber
import edgernn.runtime.text.points

/**
 * Translation: an encoder reads the source once, a decoder writes the target token by token.
 *
 * @property begin id in the target's vocabulary, which the decoder reads first
 * @property end id in the target's vocabulary, which it writes last
 * @property pad id in both vocabularies; never generated
 * @property unknown id of what the target's vocabulary does not hold; a word of the source is put in its place
 * @property maxSource tokens of the longest source that is read at once
 * @property closing what is put behind a sentence that ends in a letter or a digit, and taken off its translation: models whose
 *   examples all end in a full stop do not know where others end. "": nothing
 * @property targetClosing what is taken off there, where the translation ends in it
 * @property level what a token of the target is
 * @property source the encoder's input, int32 [1, source]
 * @property token the step's input, int32 [rows, 1]
 * @property logits the step's output, float32 [rows, vocabulary]
 * @property attention the step's output, float32 [rows, source]
 */
data class TranslateSpec(
    val sourceTokenizer: String,
    val targetTokenizer: String,
    val sourceLanguage: String,
    val targetLanguage: String,
    val begin: Int,
    val end: Int,
    val pad: Int,
    val unknown: Int,
    val maxSource: Int,
    val closing: String,
    val targetClosing: String,
    val level: String,
    val source: String,
    val token: String,
    val logits: String,
    val attention: String,
) : TaskSpec {
    override val name = "translate"

    override fun assets() = listOf(sourceTokenizer, targetTokenizer).distinct()

    override fun faults(): List<String> = buildList {
        addAll(
            pairFaults(
                listOf(begin, end, pad, unknown),
                listOf(source, token, logits, attention),
                "source, token, logits and attention",
            ),
        )
        if (maxSource < 1) add("task.max_source: expected 1 or more")
        if (listOf(closing, targetClosing).any { it.points > 1 || (it.isNotEmpty() && isLetterOrNumber(it.codePointAt(0))) }) {
            add("task: closing and target_closing: expected one punctuation mark each, or none")
        }
    }
}

internal fun readTranslate(fields: Fields) = TranslateSpec(
    sourceTokenizer = fields.text("source_tokenizer"),
    targetTokenizer = fields.text("target_tokenizer"),
    sourceLanguage = fields.text("source_language"),
    targetLanguage = fields.text("target_language"),
    begin = fields.int("begin"),
    end = fields.int("end"),
    pad = fields.int("pad"),
    unknown = fields.int("unknown"),
    maxSource = fields.int("max_source"),
    closing = fields.text("closing", ""),
    targetClosing = fields.text("target_closing", ""),
    level = fields.choice("level", LEVELS, "bpe"),
    source = fields.text("source", "source"),
    token = fields.text("token", "token"),
    logits = fields.text("logits", "logits"),
    attention = fields.text("attention", "attention"),
)
