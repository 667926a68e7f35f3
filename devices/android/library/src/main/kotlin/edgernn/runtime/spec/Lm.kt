package edgernn.runtime.spec

/**
 * A language model: from the tokens so far to those that may follow.
 *
 * @property tokenizer asset name
 * @property input the model input that takes the ids, int32 [1, time]
 * @property output the model output, logits float32 [1, time, vocabulary]
 * @property level what a token is: what stands between blanks, a word, a piece of one in bytes ("bpe"), a character
 * @property end id of the token that ends a text; every text begins after it
 * @property unknown id of what the vocabulary does not hold; never generated
 * @property maxPrompt tokens of a prompt that are read, its last ones
 */
data class LmSpec(
    val tokenizer: String,
    val input: String,
    val output: String,
    val level: String,
    val end: Int,
    val unknown: Int,
    val maxPrompt: Int,
) : TaskSpec {
    override val name = "lm"

    override fun assets() = listOf(tokenizer)
}

internal fun readLm(fields: Fields) = LmSpec(
    tokenizer = fields.text("tokenizer"),
    input = fields.text("input"),
    output = fields.text("output"),
    level = fields.choice("level", LEVELS),
    end = fields.int("end"),
    unknown = fields.int("unknown"),
    maxPrompt = fields.int("max_prompt", 2000),
)
