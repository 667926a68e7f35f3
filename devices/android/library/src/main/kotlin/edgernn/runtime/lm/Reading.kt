package edgernn.runtime.lm

import edgernn.runtime.IntTensor
import edgernn.runtime.Session
import edgernn.runtime.decode.Scorer
import edgernn.runtime.floats

/** Tokens that are read together; all of their scores are made, so that more would only cost memory. */
private const val PIECE = 16
private const val KEPT = 4

/**
 * A text that a model has read: what may follow, and the states to go on from.
 *
 * @param session of a language model
 * @param names of the model's input and output
 * @param adaptation mixed into all scores, or null
 * @property tokens read so far
 * @param latest logits of what follows them; null where nothing has been read
 */
internal class Reading(
    private val session: Session,
    private val names: Pair<String, String>,
    private val adaptation: Adaptation? = null,
    tokens: List<Int> = emptyList(),
    private var latest: FloatArray? = null,
) : Scorer {
    private val read = ArrayList(tokens)

    val tokens: List<Int> get() = read

    /** Logits of what follows: a copy, mixed. */
    val logits: FloatArray get() = mixed(checkNotNull(latest) { "nothing has been read" }.copyOf())

    override fun step(token: Int): FloatArray {
        val logits = session.step(token).getValue(names.second).floats()
        latest = null
        read += token
        return mixed(logits)
    }

    /** Takes many tokens in, one or more. */
    fun read(tokens: List<Int>) {
        for (piece in tokens.chunked(PIECE)) {
            val output = session.run(mapOf(names.first to IntTensor(piece.toIntArray(), listOf(1, piece.size))))
            val values = output.getValue(names.second).floats()
            latest = values.copyOfRange(values.size - values.size / piece.size, values.size)
        }
        read += tokens
    }

    /** The same reading, its scores mixed in another way; it takes this one's place. */
    fun with(adaptation: Adaptation?) = Reading(session, names, adaptation, read, latest)

    override fun fork() = Reading(session.fork(), names, adaptation, read, latest)

    private fun mixed(logits: FloatArray): FloatArray = adaptation?.mix(logits, read) ?: logits
}

/** The last few readings, by their tokens: who types on does not wait for the beginning again. */
internal class Prefixes {
    private val readings = LinkedHashMap<List<Int>, Reading>()

    /** A copy of the reading of the longest beginning of [tokens] that is known, or null. */
    @Synchronized
    fun longest(tokens: List<Int>): Reading? {
        val best = readings.keys.filter { it.size <= tokens.size && tokens.subList(0, it.size) == it }.maxByOrNull { it.size }
            ?: return null
        val reading = readings.remove(best) ?: return null
        readings[best] = reading
        return reading.fork()
    }

    /** Remembers a copy; the one that was used least lately goes. */
    @Synchronized
    fun keep(reading: Reading) {
        val tokens = reading.tokens.toList()
        readings.remove(tokens)
        readings[tokens] = reading.fork()
        while (readings.size > KEPT) readings.remove(readings.keys.first())
    }
}
