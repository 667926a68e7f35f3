package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.EncoderDecoder
import edgernn.runtime.InputError
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.spec.TranslateSpec
import edgernn.runtime.text.BLANKS
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.Tokenizer
import edgernn.runtime.text.cleanText
import edgernn.runtime.translate.KeepingTranslator
import edgernn.runtime.translate.Link
import edgernn.runtime.translate.Ranked
import edgernn.runtime.translate.SentenceTranslator
import edgernn.runtime.translate.Translation
import edgernn.runtime.translate.TranslationOptions
import edgernn.runtime.translate.hasLetters
import edgernn.runtime.translate.partsOf

private val BLANK = Regex("[$BLANKS]")

/** Translates texts. */
class Translator internal constructor(
    bundle: Bundle,
    val task: TranslateSpec,
    engine: Engine,
    options: EngineOptions,
) : EncoderDecoder(bundle, engine, options) {
    private val pieces = Pieces(bundle.asset(task.targetTokenizer), task.level, task.end, task.unknown)
    private val translator = KeepingTranslator(
        SentenceTranslator(this, task, Tokenizer(bundle.asset(task.sourceTokenizer))::encode, pieces),
    )

    init {
        checkModel()
    }

    /**
     * A text in the other language, its layout kept.
     *
     * Sentences are translated one by one; line breaks, blank lines and what stands between sentences stay. What has no
     * letter in it stays as it is. What must be kept (addresses, tags, numbers) is.
     *
     * @param text any characters, any length
     * @return the n best translations, the best first: of several sentences, the second is made of each one's second best
     */
    @JvmOverloads
    fun translate(text: String, options: TranslationOptions = TranslationOptions()): List<Translation> {
        val parts = partsOf(cleanText(text))
        val found = parts.map { part ->
            if (part.isSentence && hasLetters(part.text)) {
                translator.translate(BLANK.replace(part.text, " "), options)
            } else {
                listOf(Translation(part.text, 0.0) to 0)
            }
        }
        val count = minOf(found.maxOfOrNull { it.size } ?: 1, options.nBest)
        return List(count) { rank ->
            joined(found.map { it[minOf(rank, it.size - 1)] }, parts.map { it.text }, options.alignment)
        }
    }

    /** As [translate], for each of many texts. */
    @JvmOverloads
    fun translateMany(texts: List<String>, options: TranslationOptions = TranslationOptions()): List<List<Translation>> =
        texts.map { translate(it, options) }

    /** The likeliest translation as it comes, part by part. */
    @JvmOverloads
    fun translateStream(text: String, options: TranslationOptions = TranslationOptions(beams = 1)): Sequence<String> {
        if (options.beams != 1) throw InputError("a stream is of one hypothesis: leave beams out")
        return partsOf(cleanText(text)).asSequence().flatMap { part ->
            if (part.isSentence && hasLetters(part.text)) {
                translator.stream(BLANK.replace(part.text, " "), options)
            } else {
                sequenceOf(part.text)
            }
        }
    }

    /** Token ids of a source, of any length. */
    fun encodeText(text: String): IntArray = translator.sentences.encode(cleanText(text))

    /** One translation out of those of a text's parts, each with the number of its tokens. */
    private fun joined(parts: List<Ranked>, sources: List<String>, aligned: Boolean): Translation {
        val links = ArrayList<Link>()
        var source = 0
        var target = 0
        parts.forEachIndexed { n, (part, _) ->
            part.alignment.mapTo(links) { it.moved(source, target) }
            source += sources[n].length
            target += part.text.length
        }
        val tokens = parts.sumOf { it.second }
        val score = if (tokens == 0) 0.0 else parts.sumOf { it.first.score * it.second } / tokens
        return Translation(parts.joinToString("") { it.first.text }, score, if (aligned) links else emptyList())
    }

    private fun checkModel() {
        fun refuse(what: String): Nothing = throw BundleError("${bundle.where}: $what")
        val shapes = manifest.outputs.associate { it.name to it.shape }
        for (name in listOf(task.logits, task.attention)) {
            if (shapes[name]?.size != 3) refuse("its model has no output '$name' of shape [1, time, ...]")
        }
        if (manifest.inputs.map { it.name }.toSet() != setOf(task.source, task.token)) {
            refuse("its model's inputs are not '${task.source}' and '${task.token}'")
        }
        val outputs = shapes.getValue(task.logits).last()
        if (outputs != pieces.size) refuse("${pieces.size} tokens for $outputs outputs")
        if (listOf(task.begin, task.end, task.pad, task.unknown).max() >= pieces.size) {
            refuse("begin, end, pad or unknown is beyond the vocabulary of ${pieces.size} tokens")
        }
        if (task.maxSource > longest) refuse("sources of ${task.maxSource} tokens for an encoder of $longest")
    }
}
