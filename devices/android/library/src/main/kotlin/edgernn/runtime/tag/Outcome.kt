package edgernn.runtime.tag

/**
 * A word and its labels. Offsets are UTF-16 units, as `substring` takes them.
 *
 * @property text of the word, as it stands in the text
 * @property label of the column that gives the entities, otherwise of the first one; several are joined by "|"
 * @property start where the word begins in the text
 * @property end where it ends (not included)
 * @property score probability of [label], 0 to 1; of several labels, that of the least sure decision
 * @property labels by column; one, or where a word can have several any number
 * @property scores their probabilities by column, in the same form
 */
data class Token(
    val text: String,
    val label: String,
    val start: Int,
    val end: Int,
    val score: Double,
    val labels: Map<String, List<String>>,
    val scores: Map<String, List<Double>>,
)

/**
 * Words that belong together. Offsets are UTF-16 units, as `substring` takes them.
 *
 * @property text from the first word to the last one, as it stands in the text
 * @property label of all of it, without a scheme's letters
 * @property score probability that these words, no more and no less, have this label; 0 to 1
 */
data class Entity(val text: String, val label: String, val start: Int, val end: Int, val score: Double)

/**
 * The tokens of a text, in order.
 *
 * @property text that was tagged; of a list of words, these between single blanks
 * @property spans entities by column, for each column that marks spans (entities, phrases)
 */
class Tagging internal constructor(
    val text: String,
    tokens: List<Token>,
    val spans: Map<String, List<Entity>>,
    entityColumns: List<String>,
) : List<Token> by tokens {
    /** Those of the entity columns, in the text's order. */
    val entities: List<Entity> = entityColumns.flatMap { spans.getValue(it) }
        .sortedWith(compareBy<Entity> { it.start }.thenByDescending { it.end })
}
