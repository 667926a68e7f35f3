package edgernn.runtime.tag

import edgernn.runtime.InputError
import edgernn.runtime.Session
import edgernn.runtime.Snapshot
import edgernn.runtime.decode.argmax
import edgernn.runtime.tasks.SequenceTagger

/**
 * What a session has read.
 *
 * @property network the network's states
 * @property sums by column, the sums over all beginnings
 * @property place where the next word begins
 */
class TagSnapshot(val network: Snapshot, val sums: Map<String, DoubleArray>, val place: Int)

/**
 * A sentence whose words arrive one by one, each labelled by what came before it. It keeps a few numbers a column, however
 * long the sentence becomes.
 *
 * A label is the most probable one after the words so far; later words do not change it. [SequenceTagger.tag] on the whole
 * sentence may decide otherwise, because it knows what follows.
 */
class TagSession internal constructor(private val model: SequenceTagger, private val states: Session) {
    private var sums: Map<String, DoubleArray> = emptyMap()
    private var place = 0

    /**
     * Takes the next word, as it is, and labels it.
     *
     * @return the word with its labels; its offsets are those in the sentence with single blanks between the words
     * @throws InputError the word is empty. The session is then as before.
     */
    fun step(word: String): Token {
        val words = wordsBetweenBlanks(listOf(word), place)
        val outputs = states.step(model.inputs(listOf(word)))
        val following = HashMap(sums)
        val answers = model.columns.associate { column ->
            val scores = rowsOf(outputs.getValue(column.spec.output))
            column.spec.name to if (column.isSeveral) column.answer(scores) else answer(column, scores[0], following)
        }
        sums = following
        place = words[0].end + 1
        return tokensOf(words, answers, model.columns, model.task.mainColumn).single()
    }

    /** A new sentence begins. */
    fun reset() {
        states.reset()
        sums = emptyMap()
        place = 0
    }

    /** What has been read: plain numbers, which any device restores. */
    fun snapshot(): TagSnapshot = TagSnapshot(states.snapshot(), sums.mapValues { it.value.copyOf() }, place)

    /**
     * Goes on from a snapshot.
     *
     * @throws InputError it is another model's, or makes no sense. The session is then as before.
     */
    fun restore(snapshot: TagSnapshot) {
        val sizes = model.columns.associate { it.spec.name to it.labels.size }
        if (snapshot.place < 0 || snapshot.sums.any { (name, values) -> sizes[name] != values.size }) {
            throw InputError("not a snapshot of a tagging session")
        }
        states.restore(snapshot.network)
        sums = snapshot.sums.mapValues { it.value.copyOf() }
        place = snapshot.place
    }

    /** A session of its own that goes on from the same words. */
    fun fork(): TagSession = model.tagSession().also { it.restore(snapshot()) }

    private fun answer(column: Column, scores: DoubleArray, following: MutableMap<String, DoubleArray>): Answer {
        val onward = column.crf.onward(sums[column.spec.name], scores)
        // What is common to all labels says nothing, and would grow without end.
        val most = onward.max()
        following[column.spec.name] = DoubleArray(onward.size) { onward[it] - most }
        val shares = softmax(onward)
        val best = argmax(shares)
        return Answer(listOf(listOf(column.labels[best])), listOf(listOf(shares[best])), listOf(shares[best]), emptyList())
    }
}
