package edgernn.runtime.spec

/**
 * How text becomes token ids.
 *
 * @property tokenizer asset name; normalization, special tokens and truncation are stored in it
 * @property input the model input that takes the ids, int32 [1, length]
 * @property maxChars characters beyond this are not read
 */
data class TextSpec(val tokenizer: String, val input: String, val maxChars: Int)

/**
 * Sequence classification.
 *
 * @property labels asset name; one label a line, in the order of the output's last axis
 * @property output the model output that holds one probability a label, float32 [1, labels]
 * @property positiveLabel the label whose F1 is quoted where there are two, or null
 */
data class ClassifySpec(val text: TextSpec, val labels: String, val output: String, val positiveLabel: String?) :
    TaskSpec {
    override val name = "classify"

    override fun assets() = listOf(text.tokenizer, labels)
}

internal fun readClassify(fields: Fields) = ClassifySpec(
    text = fields.nested("text") { TextSpec(it.text("tokenizer"), it.text("input"), it.int("max_chars")) },
    labels = fields.text("labels"),
    output = fields.text("output"),
    positiveLabel = fields.textOrNull("positive_label"),
)
