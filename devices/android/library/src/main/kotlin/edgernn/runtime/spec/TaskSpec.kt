package edgernn.runtime.spec

/** What each task adds to a bundle: pre- and post-processing. */
sealed interface TaskSpec {
    /** The task's name in the manifest. */
    val name: String

    /** Names of the assets that the bundle must hold. */
    fun assets(): List<String> = emptyList()

    /** What cannot be right, one sentence each. */
    fun faults(): List<String> = emptyList()
}

/** A Keras model with no task: arrays in, arrays out. */
data object BareSpec : TaskSpec {
    override val name = "model"
}

private val TASKS: Map<String, (Fields) -> TaskSpec> = mapOf(
    "classify" to ::readClassify,
    "forecast" to ::readForecast,
    "lm" to ::readLm,
    "tag" to ::readTag,
    "translate" to ::readTranslate,
    "caption" to ::readCaption,
    "model" to { BareSpec },
)

internal fun readTask(fields: Fields): TaskSpec = TASKS[fields.choice("name", TASKS.keys.toList())]?.invoke(fields) ?: BareSpec

internal val LEVELS = listOf("blank", "word", "bpe", "char")

/** Four ids that must differ, and names that must. */
internal fun pairFaults(ids: List<Int>, names: List<String>, listed: String): List<String> = buildList {
    if (ids.min() < 0 || ids.toSet().size < ids.size) {
        add("task: begin, end, pad and unknown: expected four different ids, 0 or more")
    }
    if (names.toSet().size < names.size) add("task: $listed: expected different names")
}
