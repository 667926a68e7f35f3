package edgernn.runtime.text

import edgernn.runtime.BundleError
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError

private const val BLANK = "blank"
private const val BPE = "bpe"
private const val MOST_TOKENS = 2_000_000
private const val REPLACEMENT = "\uFFFD"

/**
 * What each token of a vocabulary is in a text.
 *
 * @param tokenizer content of a tokenizer.json with a vocabulary
 * @param level what a token is: "blank" (what stands between blanks), "word", "bpe" or "char"
 * @param end the token that ends a text, which is no text itself; a line's end where tokens stand between blanks
 * @param unknown the token for what the vocabulary does not hold
 * @throws BundleError there is no vocabulary, or it has gaps
 */
class Pieces internal constructor(tokenizer: ByteArray, private val level: String, end: Int, unknown: Int) {
    private val bytes: List<ByteArray>?

    /** Of each token, by id; of byte-level tokens what is left of characters that are not whole is shown as U+FFFD. */
    val texts: List<String>

    init {
        val words = wordsOf(tokenizer)
        if (end !in words.indices || unknown !in words.indices) {
            throw BundleError("the tokenizer's vocabulary does not hold the end or the unknown token")
        }
        bytes = if (level == BPE) words.mapIndexed { n, word -> bytesOf(word, n == end || n == unknown) } else null
        val found = bytes?.mapTo(ArrayList()) { data -> Utf8Decoder().let { it.feed(data) + it.finish() } } ?: ArrayList(words)
        found[unknown] = if (level == BPE) "" else REPLACEMENT
        found[end] = if (level == BLANK) "\n" else ""
        texts = found
    }

    /** Number of tokens. */
    val size: Int get() = texts.size

    /** Whether tokens are put together with blanks. */
    internal val isBlankLevel: Boolean get() = level == BLANK

    /** Puts tokens together that follow the text [after]. */
    internal fun decoder(after: String = ""): PieceDecoder = PieceDecoder(this, after)

    /** The text of tokens that follow the text [after]. */
    fun textOf(tokens: IntArray, after: String = ""): String {
        val decoder = decoder(after)
        return tokens.joinToString("") { decoder.feed(it) } + decoder.finish()
    }

    /** The bytes of a byte-level token; null where tokens are text. */
    internal fun dataOf(token: Int): ByteArray? = bytes?.get(token)

    private fun bytesOf(word: String, isSpecial: Boolean): ByteArray =
        if (isSpecial) ByteArray(0) else fromByteCharacters(word)
}

/** Text as it comes: a character whose bytes are in several tokens is passed on when it is whole. */
internal class PieceDecoder(private val pieces: Pieces, after: String) {
    private val utf8 = Utf8Decoder()
    private var glued = after.isEmpty() || after.last() in " \n"

    /** The text that this token adds. */
    fun feed(token: Int): String {
        pieces.dataOf(token)?.let { return utf8.feed(it) }
        val text = pieces.texts[token]
        if (!pieces.isBlankLevel) return text
        val added = if (glued || text == "\n") text else " $text"
        glued = text == "\n"
        return added
    }

    /** What is left: bytes of a character that never became whole, as U+FFFD. */
    fun finish(): String = utf8.finish()
}

private fun wordsOf(tokenizer: ByteArray): List<String> {
    val vocabulary = try {
        vocabularyOf((Json.parse(tokenizer) as Map<*, *>)["model"] as Map<*, *>)
    } catch (error: JsonError) {
        throw BundleError("the tokenizer has no vocabulary: ${error.message}", error)
    } catch (error: ClassCastException) {
        throw BundleError("the tokenizer has no vocabulary", error)
    } catch (error: NullPointerException) {
        throw BundleError("the tokenizer has no vocabulary", error)
    }
    val words = arrayOfNulls<String>(vocabulary.size)
    vocabulary.forEach { (word, number) -> if (number in words.indices) words[number] = word }
    if (words.isEmpty() || words.size > MOST_TOKENS || words.any { it == null }) {
        throw BundleError("the tokenizer's vocabulary has gaps")
    }
    return words.map { it!! }
}
