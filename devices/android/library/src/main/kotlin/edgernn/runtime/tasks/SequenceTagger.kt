package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.InputError
import edgernn.runtime.Model
import edgernn.runtime.Tensor
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.spec.CHUNKED
import edgernn.runtime.spec.TagSpec
import edgernn.runtime.tag.Answer
import edgernn.runtime.tag.Assets
import edgernn.runtime.tag.Column
import edgernn.runtime.tag.Entity
import edgernn.runtime.tag.Scores
import edgernn.runtime.tag.TagSession
import edgernn.runtime.tag.Tagging
import edgernn.runtime.tag.Token
import edgernn.runtime.tag.Window
import edgernn.runtime.tag.Word
import edgernn.runtime.tag.entitiesOf
import edgernn.runtime.tag.longestWindow
import edgernn.runtime.tag.rowsOf
import edgernn.runtime.tag.sentencesOf
import edgernn.runtime.tag.tokensOf
import edgernn.runtime.tag.windowsFor
import edgernn.runtime.tag.wordsBetweenBlanks
import edgernn.runtime.tag.wordsOf

/** Labels the words of texts. */
class SequenceTagger internal constructor(
    bundle: Bundle,
    val task: TagSpec,
    engine: Engine,
    options: EngineOptions,
) : Model(bundle, engine, options) {
    private val assets = Assets(bundle, task)

    internal val columns: List<Column> get() = assets.columns

    init {
        val sizes = manifest.outputs.filter { it.shape.size == 3 }.associate { it.name to it.shape.last() }
        columns.firstOrNull { sizes[it.spec.output] != it.labels.size }?.let {
            val found = sizes[it.spec.output] ?: "no output"
            throw BundleError("${bundle.where}: column '${it.spec.name}': ${it.labels.size} labels for $found")
        }
    }

    /**
     * The words of a text with their labels.
     *
     * @param text any characters, any length: it is cut into sentences and words
     * @return the tokens; their offsets slice the text. Its `entities` are grouped. Empty for an empty text.
     */
    fun tag(text: String): Tagging = tagged(text, sentencesOf(text, words(text)))

    /**
     * As above, of words that are one sentence, taken as they are; its text is theirs with single blanks between them.
     *
     * @throws InputError a word is empty
     */
    fun tag(words: List<String>): Tagging {
        val found = wordsBetweenBlanks(words)
        return tagged(words.joinToString(" "), if (found.isEmpty()) emptyList() else listOf(found))
    }

    /** As [tag], for each of many texts. */
    fun tagMany(texts: List<String>): List<Tagging> = texts.map { tag(it) }

    /**
     * A sentence whose words arrive one by one.
     *
     * @throws InputError the model reads sentences in both directions
     */
    fun tagSession(): TagSession {
        if (execution.mode != CHUNKED) {
            throw InputError(
                "this tagger reads sentences in both directions, and has no sessions: train with --direction forward " +
                    "(--preset stream) for words that arrive one by one",
            )
        }
        return TagSession(this, session())
    }

    /** What the network takes for the words of a text, one or more, as one sentence, those of one window. */
    fun encode(text: String): Map<String, Tensor> = inputs(words(text).take(longestWindow(task)).map { it.text })

    /** What the network takes for one or more words. */
    internal fun inputs(words: List<String>): Map<String, Tensor> = assets.features.of(words)

    private fun words(text: String): List<Word> = wordsOf(text, task.clitics) { it in assets.abbreviations }

    private fun tagged(text: String, sentences: List<List<Word>>): Tagging {
        val tokens = ArrayList<Token>()
        val spans = columns.filter { it.spec.scheme != "none" }.associate { it.spec.name to ArrayList<Entity>() }
        for (words in sentences) {
            val answers = answers(words.map { it.text })
            tokens += tokensOf(words, answers, columns, task.mainColumn)
            spans.forEach { (name, found) -> found += entitiesOf(text, words, answers.getValue(name)) }
        }
        return Tagging(text, tokens, spans, task.entityColumns)
    }

    /** Labels by column of one sentence of one or more words, of any number. */
    private fun answers(words: List<String>): Map<String, Answer> {
        val scores = columns.associate { it.spec.name to ArrayList<DoubleArray>() }
        // What reads forward only needs no windows: its states are carried on.
        val windows = if (execution.mode == CHUNKED) listOf(Window(0, words.size, 0, words.size)) else windowsFor(words.size, task)
        for (window in windows) {
            val outputs = run(inputs(words.subList(window.start, window.stop)))
            for (column in columns) {
                val rows: Scores = rowsOf(outputs.getValue(column.spec.output))
                scores.getValue(column.spec.name) += rows.subList(window.first - window.start, window.last - window.start)
            }
        }
        return columns.associate { it.spec.name to it.answer(scores.getValue(it.spec.name)) }
    }
}
