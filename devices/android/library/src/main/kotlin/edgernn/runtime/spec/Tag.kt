package edgernn.runtime.spec

/** How columns of entities are called; others with a scheme (phrases) stand beside them. */
private val ENTITIES = listOf("ner", "ne", "entity", "entities", "ner_tags")
private const val LEAST_WIDTH = 2

/**
 * How words become ids: 0 pads, 1 is what the list does not hold, the list's first word is 2.
 *
 * @property input the model input that takes them, int32 [1, time]
 * @property list asset name; a word a line
 * @property lower words are looked up in lower case
 * @property zeroDigits every digit is looked up as 0
 */
data class WordsSpec(val input: String, val list: String, val lower: Boolean, val zeroDigits: Boolean)

/**
 * How words become their characters' ids.
 *
 * @property input the model input that takes them, int32 [1, time, width]
 * @property list asset name; the characters in a row, UTF-8
 * @property width characters of a word that are read; of a longer one its first and its last half
 */
data class CharactersSpec(val input: String, val list: String, val width: Int)

/**
 * One kind of labels.
 *
 * @property output the model output, float32 [1, time, labels]
 * @property labels asset name; a label a line
 * @property kind "crf", "one" or "several" labels a token
 * @property scheme in which the labels mark spans, or "none"
 * @property crf asset name of the labels' effects on each other; "" but for "crf"
 */
data class ColumnSpec(
    val name: String,
    val output: String,
    val labels: String,
    val kind: String,
    val scheme: String,
    val crf: String,
)

/**
 * Sequence labelling: one or more labels for each word of a text.
 *
 * @property shapes the model input that takes each word's shape, int32 [1, time]; "": none
 * @property maxWords longer sentences are read in windows of so many words
 * @property overlap words that two windows share
 * @property clitics endings that are cut off as words of their own ("'s")
 * @property abbreviations asset name; words that keep the period behind them; "": none
 */
data class TagSpec(
    val words: WordsSpec,
    val characters: CharactersSpec?,
    val shapes: String,
    val columns: List<ColumnSpec>,
    val maxWords: Int,
    val overlap: Int,
    val clitics: List<String>,
    val abbreviations: String,
) : TaskSpec {
    override val name = "tag"

    override fun assets(): List<String> =
        (columns.flatMap { listOf(it.labels, it.crf) } + listOf(words.list, abbreviations, characters?.list.orEmpty()))
            .filter { it.isNotEmpty() }

    /** Columns whose spans are the entities: one that is called so, otherwise all that have a scheme. */
    val entityColumns: List<String>
        get() {
            val marked = columns.filter { it.scheme != "none" }.map { it.name }
            return marked.filter { it.lowercase() in ENTITIES }.take(1).ifEmpty { marked }
        }

    /** The column that a token's label is from where only one is shown. */
    val mainColumn: String get() = (entityColumns + columns.map { it.name }).first()

    override fun faults(): List<String> = buildList {
        val names = columns.map { it.name }
        if (names.isEmpty() || names.toSet().size < names.size) {
            add("task.columns: one or more are needed, each name once")
        }
        columns.filter { (it.kind == "crf") != it.crf.isNotEmpty() }.forEach {
            add("task.columns: '${it.name}': a crf is an asset of columns of that kind, and of no others")
        }
        if (overlap < 0 || 2 * overlap >= maxWords) {
            add("task.overlap: expected 0 or more, and less than half of max_words")
        }
        if (characters != null && characters.width < LEAST_WIDTH) {
            add("task.characters.width: expected $LEAST_WIDTH or more")
        }
    }
}

internal fun readTag(fields: Fields) = TagSpec(
    words = fields.nested("words") {
        WordsSpec(it.text("input"), it.text("list"), it.bool("lower"), it.bool("zero_digits"))
    },
    characters = fields.objectOrNull("characters") {
        CharactersSpec(it.text("input"), it.text("list"), it.int("width"))
    },
    shapes = fields.text("shapes"),
    columns = fields.objects("columns") {
        ColumnSpec(
            it.text("name"),
            it.text("output"),
            it.text("labels"),
            it.choice("kind", listOf("crf", "one", "several")),
            it.choice("scheme", listOf("iob1", "iob2", "iobes", "none")),
            it.text("crf", ""),
        )
    },
    maxWords = fields.int("max_words"),
    overlap = fields.int("overlap"),
    clitics = fields.texts("clitics", optional = true),
    abbreviations = fields.text("abbreviations", ""),
)
