package edgernn.runtime.tag

import edgernn.runtime.IntTensor
import edgernn.runtime.Tensor
import edgernn.runtime.spec.TagSpec
import edgernn.runtime.spec.WordsSpec
import edgernn.runtime.text.isDigit
import edgernn.runtime.text.isLetter
import edgernn.runtime.text.isLower
import edgernn.runtime.text.isUpper
import edgernn.runtime.text.points
import edgernn.runtime.text.textOf
import java.util.Locale

private const val UNKNOWN = 1
private const val FIRST = 2

/**
 * From words to what a tagger reads: ids of words, of their characters and of their shapes.
 *
 * @param spec what the model reads
 * @param words the word list
 * @param characters the character list, or ""
 */
internal class Features(private val spec: TagSpec, words: List<String>, characters: String) {
    private val words = words.withIndex().associate { it.value to it.index + FIRST }
    private val characters = points(characters).withIndex().associate { it.value to it.index + FIRST }

    /** Model inputs by name, each with a batch axis of 1, of one or more words. */
    fun of(tokens: List<String>): Map<String, Tensor> {
        val inputs = LinkedHashMap<String, Tensor>()
        inputs[spec.words.input] = row(tokens) { words[lookedUp(it, spec.words)] ?: UNKNOWN }
        spec.characters?.let { one ->
            val ids = tokens.map { characterIds(it, one.width) }
            inputs[one.input] = IntTensor(ids.reduce(IntArray::plus), listOf(1, tokens.size, one.width))
        }
        if (spec.shapes.isNotEmpty()) inputs[spec.shapes] = row(tokens, ::shapeOf)
        return inputs
    }

    private fun row(tokens: List<String>, id: (String) -> Int): Tensor =
        IntTensor(IntArray(tokens.size) { id(tokens[it]) }, listOf(1, tokens.size))

    /** Ids of a word's characters, padded to the width; of a longer one its first and its last half. */
    private fun characterIds(token: String, width: Int): IntArray {
        val all = points(token)
        val half = width / 2
        val read = if (all.size > width) all.copyOf(width - half) + all.copyOfRange(all.size - half, all.size) else all
        return IntArray(width) { if (it < read.size) characters[read[it]] ?: UNKNOWN else 0 }
    }
}

/** A word as the list holds it. */
private fun lookedUp(token: String, spec: WordsSpec): String {
    val word = if (spec.lower) token.lowercase(Locale.ROOT) else token
    if (!spec.zeroDigits) return word
    return points(word).joinToString("") { if (Character.isDigit(it)) "0" else textOf(it) }
}

/**
 * 1 to 8; 0 pads. Lower case, upper case, a capital first, mixed; digits alone, digits among letters, digits among others;
 * marks and symbols.
 */
internal fun shapeOf(token: String): Int {
    val all = points(token)
    if (all.isNotEmpty() && all.all(::isDigit)) return 5
    val letters = all.filter(::isLetter)
    if (all.any(::isDigit)) return if (letters.isNotEmpty()) 6 else 7
    if (letters.isEmpty()) return 8
    val text = textOf(letters)
    return when {
        isLower(text) || !(isUpper(text) || text != text.lowercase(Locale.ROOT)) -> 1
        isUpper(text) && letters.size > 1 -> 2
        letters.size == 1 || (isUpper(textOf(letters[0])) && isLower(textOf(letters.drop(1)))) -> 3
        else -> 4
    }
}
