package edgernn.runtime.lm

import edgernn.runtime.InputError
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import java.io.File
import java.io.IOException
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.max

private const val FORMAT = 1
private const val ORDER = 3

/** The user's own words count for at most so much, and without a known context for a part of it. */
private const val MOST = 0.4
private const val WITHOUT_CONTEXT = 0.15

/** Contexts beyond this are forgotten, those seen least first: the file stays below some megabytes. */
private const val CONTEXTS = 50_000
private const val LEAST_PROBABILITY = 1e-30

/**
 * What a user writes, learnt on the device without training: a personal n-gram model mixed with the network, as cache
 * language models are (Kuhn and De Mori 1990), with Witten-Bell smoothing (1991) between orders.
 *
 * @param tokenizer SHA-256 of the tokenizer that numbers the tokens
 * @param vocabulary number of tokens
 */
class Adaptation internal constructor(private val tokenizer: String, private val vocabulary: Int) {
    private val counts = LinkedHashMap<List<Int>, LinkedHashMap<Int, Int>>()

    /** Tokens learnt from. */
    val size: Int @Synchronized get() = counts[emptyList()]?.values?.sum() ?: 0

    /** Forgets everything. */
    @Synchronized
    fun clear() = counts.clear()

    /** Takes a text's tokens in, the one that every text begins after at their head. */
    @Synchronized
    internal fun learn(tokens: List<Int>) {
        for (place in 1 until tokens.size) {
            for (size in 0 until minOf(ORDER, place + 1)) {
                val following = counts.getOrPut(tokens.subList(place - size, place).toList()) { LinkedHashMap() }
                following[tokens[place]] = (following[tokens[place]] ?: 0) + 1
            }
        }
        if (counts.size > CONTEXTS) prune()
    }

    /** Logarithms of the mixture's probabilities, from the network's logits and the tokens so far. */
    @Synchronized
    internal fun mix(logits: FloatArray, tokens: List<Int>): FloatArray {
        val known = (0 until minOf(ORDER, tokens.size + 1)).mapNotNull { counts[tokens.takeLast(it)] }
        if (known.isEmpty()) return logits
        val most = logits.max().toDouble()
        val found = DoubleArray(logits.size) { exp(logits[it].toDouble() - most) }
        val whole = found.sum()
        val share = share(known)
        for (token in found.indices) found[token] = found[token] / whole * (1.0 - share)
        wittenBell(known).forEach { (token, probability) -> found[token] += share * probability }
        return FloatArray(found.size) { ln(max(found[it], LEAST_PROBABILITY)).toFloat() }
    }

    /** Writes the counts as JSON, whole or not at all. The kit's Python reads the same file. */
    @Synchronized
    fun save(file: File) {
        val contexts = counts.entries.joinToString(",") { (context, following) ->
            "\"${context.joinToString(" ")}\":{${following.entries.joinToString(",") { "\"${it.key}\":${it.value}" }}}"
        }
        val part = File(file.path + ".part")
        try {
            part.writeText("{\"format\":$FORMAT,\"tokenizer\":\"$tokenizer\",\"counts\":{$contexts}}")
            if (!part.renameTo(file)) throw InputError("cannot write $file")
        } catch (error: IOException) {
            throw InputError("cannot write $file: ${error.message}", error)
        } finally {
            part.delete()
        }
    }

    /**
     * Takes over the counts of a file that [save] wrote.
     *
     * @throws InputError it cannot be read, or belongs to another tokenizer. The counts are then as before.
     */
    @Synchronized
    fun load(file: File) {
        val document = try {
            Json.parse(file.readBytes()) as? Map<*, *> ?: emptyMap<Any, Any>()
        } catch (error: IOException) {
            throw InputError("$file: cannot be read: ${error.message}", error)
        } catch (error: JsonError) {
            throw noMemory(file, error)
        }
        val found = try {
            if (document["format"] != FORMAT.toLong()) throw ClassCastException("format ${document["format"]}")
            parsed(document["counts"] as Map<*, *>)
        } catch (error: RuntimeException) {
            // A value of another kind, a number that is none, a field that is missing.
            throw noMemory(file, error)
        }
        if (document["tokenizer"] != tokenizer) {
            throw InputError("$file: was learnt with another model's tokens: give each model a file of its own")
        }
        counts.clear()
        counts.putAll(found)
    }

    private fun parsed(counts: Map<*, *>): Map<List<Int>, LinkedHashMap<Int, Int>> =
        counts.entries.associate { (context, following) ->
            val tokens = (context as String).split(" ").filter { it.isNotEmpty() }.map { it.toInt() }
            val found = LinkedHashMap<Int, Int>()
            (following as Map<*, *>).forEach { (token, count) -> found[(token as String).toInt()] = (count as Long).toInt() }
            require(found.all { it.key in 0 until vocabulary && it.value >= 1 }) { "a token or a count is out of its range" }
            tokens to found
        }

    private fun noMemory(file: File, error: Exception) =
        InputError("$file: no memory of a language model (${error.message}): remove it to begin anew", error)

    private fun prune() {
        val ranked = counts.keys.sortedWith(compareBy<List<Int>> { it.size }.thenByDescending { counts.getValue(it).values.sum() })
        ranked.drop(CONTEXTS / 2).forEach { counts.remove(it) }
    }

    /** How much the personal model counts: the more, the more often the longest known context was seen. */
    private fun share(known: List<Map<Int, Int>>): Double {
        if (known.size == 1) return MOST * WITHOUT_CONTEXT
        val seen = known.last().values.sum()
        return MOST * max(seen.toDouble() / (seen + known.last().size), WITHOUT_CONTEXT)
    }

    /** Probabilities by token, from the shortest context to the longest. */
    private fun wittenBell(known: List<Map<Int, Int>>): Map<Int, Double> {
        val total = known[0].values.sum().toDouble()
        val found = HashMap<Int, Double>(known[0].mapValues { it.value / total })
        for (following in known.drop(1)) {
            val seen = following.values.sum()
            val kinds = following.size
            found.entries.forEach { it.setValue(kinds.toDouble() / (seen + kinds) * it.value) }
            following.forEach { (token, count) -> found[token] = (found[token] ?: 0.0) + count.toDouble() / (seen + kinds) }
        }
        return found
    }
}
