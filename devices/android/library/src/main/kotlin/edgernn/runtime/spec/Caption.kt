package edgernn.runtime.spec

/** Of the rules by which pictures are made ready; a change that gives other pixels needs a new number. */
private const val PICTURE_RULES = 1
private const val MOST_SIDE = 4096

/**
 * The rule by which pictures of any size become arrays of one size.
 *
 * @property size height and width that the model reads, pixels
 * @property fit "stretch", "crop" (the middle of the longer side is kept) or "pad" (a white square around it)
 * @property keep with "crop", the part of the shorter side that is kept, more than 0 to 1
 * @property order of the channels that the model reads, "rgb" or "bgr"
 * @property mean subtracted from each value, 0 to 255
 * @property scale by which the difference is divided, more than 0
 */
data class PictureSpec(
    val size: Int,
    val fit: String,
    val keep: Double,
    val order: String,
    val mean: Double,
    val scale: Double,
    val rules: Int,
) {
    /** What cannot be right, one sentence each. */
    fun faults(): List<String> = buildList {
        // Without `this` it would be the list's size.
        val side = this@PictureSpec.size
        if (side !in 1..MOST_SIDE) add("picture.size: expected 1 to $MOST_SIDE, found $side")
        if (!(keep > 0.0 && keep <= 1.0)) add("picture.keep: expected more than 0, to 1, found $keep")
        if (mean !in 0.0..255.0) add("picture.mean: expected 0 to 255, found $mean")
        if (!(scale > 0.0 && scale < Double.POSITIVE_INFINITY)) add("picture.scale: expected more than 0, found $scale")
        if (rules !in 1..PICTURE_RULES) {
            add("picture.rules: this version knows rules up to $PICTURE_RULES, found $rules: update the library")
        }
    }
}

/**
 * Image captioning: a convolutional encoder sees the picture once, a decoder writes the sentence token by token.
 *
 * @property begin id that the decoder reads first
 * @property end id that it writes last
 * @property pad id; never generated
 * @property unknown id; never generated
 * @property maxTokens longest caption, its end counted
 * @property grid rows and columns of the places that the decoder attends to
 * @property picture the encoder's input, float32 [1, size, size, 3]
 */
data class CaptionSpec(
    val tokenizer: String,
    val language: String,
    val begin: Int,
    val end: Int,
    val pad: Int,
    val unknown: Int,
    val maxTokens: Int,
    val image: PictureSpec,
    val grid: List<Int>,
    val level: String,
    val picture: String,
    val token: String,
    val logits: String,
    val attention: String,
) : TaskSpec {
    override val name = "caption"

    override fun assets() = listOf(tokenizer)

    override fun faults(): List<String> = buildList {
        addAll(
            pairFaults(
                listOf(begin, end, pad, unknown),
                listOf(picture, token, logits, attention),
                "picture, token, logits and attention",
            ),
        )
        if (maxTokens < 1) add("task.max_tokens: expected 1 or more")
        if (grid.size != 2 || grid.min() < 1) add("task.grid: expected two numbers, rows and columns, of 1 or more")
        image.faults().forEach { add("task.$it") }
    }
}

internal fun readCaption(fields: Fields) = CaptionSpec(
    tokenizer = fields.text("tokenizer"),
    language = fields.text("language"),
    begin = fields.int("begin"),
    end = fields.int("end"),
    pad = fields.int("pad"),
    unknown = fields.int("unknown"),
    maxTokens = fields.int("max_tokens"),
    image = fields.nested("image", ::readPicture),
    grid = fields.ints("grid"),
    level = fields.choice("level", LEVELS, "word"),
    picture = fields.text("picture", "picture"),
    token = fields.text("token", "token"),
    logits = fields.text("logits", "logits"),
    attention = fields.text("attention", "attention"),
)

internal fun readPicture(fields: Fields) = PictureSpec(
    size = fields.int("size"),
    fit = fields.choice("fit", listOf("stretch", "crop", "pad"), "crop"),
    keep = fields.double("keep", 1.0),
    order = fields.choice("order", listOf("rgb", "bgr"), "rgb"),
    mean = fields.double("mean", 127.0),
    scale = fields.double("scale", 128.0),
    rules = fields.int("rules", PICTURE_RULES),
)
