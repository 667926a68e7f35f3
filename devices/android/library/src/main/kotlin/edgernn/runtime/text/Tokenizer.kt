package edgernn.runtime.text

import edgernn.runtime.BundleError
import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import java.util.Locale

/**
 * The kinds of `tokenizer.json` that the kit writes: normalizer, splitter, byte-level BPE or whole pieces, template and
 * truncation. Whatever it does not know is refused by name instead of being guessed.
 *
 * @param data content of the file
 * @throws BundleError a part is missing or malformed
 * @throws RuntimeUnavailable a part is of a kind that it does not know
 */
class Tokenizer(data: ByteArray) {
    private val normalize: (String) -> String
    private val split: (String) -> List<String>
    private val model: PieceEncoder
    private val before: IntArray
    private val after: IntArray
    private val most: Int?

    init {
        try {
            val document = Json.parse(data) as Map<*, *>
            if (document["model"] !is Map<*, *>) {
                throw BundleError("the tokenizer has no model: it is not in Hugging Face tokenizers' format")
            }
            normalize = normalizer(document["normalizer"])
            split = preTokenizer(document["pre_tokenizer"])
            model = modelOf(document["model"] as Map<*, *>)
            val sides = template(document["post_processor"])
            before = sides.first
            after = sides.second
            most = maxLength(document["truncation"], before.size + after.size)
        } catch (error: JsonError) {
            throw BundleError("the tokenizer is not JSON: ${error.message}", error)
        } catch (error: ClassCastException) {
            throw BundleError("the tokenizer is malformed: a value is of another kind", error)
        } catch (error: NullPointerException) {
            throw BundleError("the tokenizer is malformed: a value is missing", error)
        }
    }

    /** Token ids of a text; the special tokens' own spelling in it is text like any other. */
    fun encode(text: String): IntArray {
        val ids = IntList()
        for (word in split(normalize(text))) {
            ids.add(model.encode(word))
            if (most != null && ids.size >= most) break
        }
        return before + ids.toArray(most ?: Int.MAX_VALUE) + after
    }
}

private class IntList {
    private var values = IntArray(64)
    var size = 0
        private set

    fun add(more: IntArray) {
        if (size + more.size > values.size) values = values.copyOf(2 * (size + more.size))
        more.copyInto(values, size)
        size += more.size
    }

    fun toArray(most: Int): IntArray = values.copyOf(minOf(size, most))
}

private fun refuse(part: String, kind: Any?): Nothing =
    throw RuntimeUnavailable("the tokenizer's $part '$kind' is of a kind that this library does not know")

private fun normalizer(spec: Any?): (String) -> String {
    if (spec == null) return { it }
    val parts = spec as Map<*, *>
    return when (parts["type"]) {
        "Sequence" -> {
            val all = (parts["normalizers"] as List<*>).map(::normalizer)
            return { text -> all.fold(text) { found, one -> one(found) } }
        }
        // Character by character: lower case of a whole text looks at a sigma's neighbours.
        "Lowercase" -> { text -> points(text).joinToString("") { textOf(it).lowercase(Locale.ROOT) } }
        "Replace" -> {
            val pattern = patternOf(parts["pattern"])
            val content = parts["content"] as String
            return { text -> replaced(text, pattern, content) }
        }
        else -> refuse("normalizer", parts["type"])
    }
}

private fun replaced(text: String, pattern: Pattern, content: String): String {
    val found = StringBuilder()
    var end = 0
    for (match in pattern.findAll(text)) {
        found.append(text, end, match.first).append(content)
        end = match.last + 1
    }
    return found.append(text, end, text.length).toString()
}

private fun preTokenizer(spec: Any?): (String) -> List<String> {
    if (spec == null) return ::whole
    val parts = spec as Map<*, *>
    val kind = parts["type"]
    return when {
        kind == "Sequence" -> {
            val all = (parts["pretokenizers"] as List<*>).map(::preTokenizer)
            return { text -> all.fold(listOf(text)) { words, one -> words.flatMap(one) } }
        }
        kind == "Split" && parts["invert"] != true && parts["behavior"] in listOf("Isolated", "Removed") -> {
            val pattern = patternOf(parts["pattern"])
            val keep = parts["behavior"] == "Isolated"
            return { text -> splitAt(text, pattern, keep) }
        }
        kind == "ByteLevel" && parts["add_prefix_space"] == false && parts["use_regex"] == false ->
            { text -> whole(toByteCharacters(text)) }
        else -> refuse("pre-tokenizer", kind)
    }
}

private fun whole(text: String): List<String> = if (text.isEmpty()) emptyList() else listOf(text)

private fun splitAt(text: String, pattern: Pattern, keep: Boolean): List<String> = buildList {
    var end = 0
    for (match in pattern.findAll(text)) {
        addAll(whole(text.substring(end, match.first)))
        if (keep) add(text.substring(match))
        end = match.last + 1
    }
    addAll(whole(text.substring(end)))
}

private fun patternOf(spec: Any?): Pattern {
    val parts = spec as Map<*, *>
    (parts["String"] as String?)?.let { return Pattern.literal(it) }
    return Pattern(parts["Regex"] as String)
}

private fun modelOf(spec: Map<*, *>): PieceEncoder {
    val vocabulary = vocabularyOf(spec)
    return when (spec["type"]) {
        "WordLevel" -> WordLevel(vocabulary, vocabulary[spec["unk_token"] as String] ?: throw NullPointerException())
        "BPE" -> {
            val known = PLAIN.all { spec[it] in listOf(null, false, "", 0L, 0.0) } && spec["unk_token"] == null
            if (!known) refuse("model", "BPE")
            Bpe(vocabulary, (spec["merges"] as List<*>).map(::mergeOf))
        }
        else -> refuse("model", spec["type"])
    }
}

private val PLAIN = listOf("dropout", "ignore_merges", "byte_fallback", "continuing_subword_prefix", "end_of_word_suffix")

internal fun vocabularyOf(model: Map<*, *>): Map<String, Int> =
    (model["vocab"] as Map<*, *>).entries.associate { (word, number) -> word as String to (number as Long).toInt() }

private fun mergeOf(merge: Any?): Pair<String, String> {
    // Older files join the two with a blank.
    val both = if (merge is String) merge.split(" ", limit = 2) else (merge as List<*>).map { it as String }
    if (both.size != 2) throw ClassCastException()
    return both[0] to both[1]
}

private fun template(spec: Any?): Pair<IntArray, IntArray> {
    if (spec == null) return IntArray(0) to IntArray(0)
    val parts = spec as Map<*, *>
    if (parts["type"] != "TemplateProcessing") refuse("post-processor", parts["type"])
    val tokens = parts["special_tokens"] as Map<*, *>
    val sides = listOf(ArrayList<Int>(), ArrayList<Int>())
    var side = 0
    for (item in parts["single"] as List<*>) {
        val special = (item as Map<*, *>)["SpecialToken"] as Map<*, *>?
        if (special == null) {
            side = 1
        } else {
            ((tokens[special["id"]] as Map<*, *>)["ids"] as List<*>).mapTo(sides[side]) { (it as Long).toInt() }
        }
    }
    return sides[0].toIntArray() to sides[1].toIntArray()
}

private fun maxLength(spec: Any?, added: Int): Int? {
    val parts = spec as Map<*, *>? ?: return null
    if (parts["direction"] != "Right") refuse("truncation", parts["direction"])
    return maxOf((parts["max_length"] as Long).toInt() - added, 0)
}
