package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.InputError
import edgernn.runtime.Model
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.decode.Deadline
import edgernn.runtime.decode.DecodeOptions
import edgernn.runtime.decode.Sampler
import edgernn.runtime.decode.StopStrings
import edgernn.runtime.decode.beamSearch
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.lm.Adaptation
import edgernn.runtime.lm.Prefixes
import edgernn.runtime.lm.Reading
import edgernn.runtime.lm.Suggestion
import edgernn.runtime.lm.Words
import edgernn.runtime.lm.typed
import edgernn.runtime.spec.LmSpec
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.Tokenizer
import edgernn.runtime.text.cleanText
import edgernn.runtime.text.points

/** A token is seldom longer: of a longer prompt not more characters are even tokenized. */
private const val CHARS_A_TOKEN = 16
private const val CANDIDATES = 4

/** Predicts words and generates text. */
class LanguageModel internal constructor(
    bundle: Bundle,
    val task: LmSpec,
    engine: Engine,
    options: EngineOptions,
) : Model(bundle, engine, options) {
    private val tokenizer = Tokenizer(bundle.asset(task.tokenizer))

    /** What each token is in a text. */
    val pieces = Pieces(bundle.asset(task.tokenizer), task.level, task.end, task.unknown)

    /** What the user has written, or null where nothing is learnt. */
    @Volatile
    var adaptation: Adaptation? = null

    private val words = Words(pieces, task.level, listOf(task.unknown, task.end))
    private val prefixes = Prefixes()

    /** Where the end is that of a line, texts go on after it. */
    private val forbidden = listOf(task.unknown)

    init {
        val found = manifest.outputs.firstOrNull { it.name == task.output && it.shape.size == 3 }
            ?: throw BundleError("${bundle.where}: its model has no output '${task.output}' of shape [1, time, vocabulary]")
        if (found.shape.last() != pieces.size) {
            throw BundleError("${bundle.where}: ${pieces.size} tokens for ${found.shape.last()} outputs")
        }
    }

    /** Token ids of a text, its last `maxPrompt` ones; line ends are read as those of Unix. */
    fun encode(text: String): IntArray {
        val most = task.maxPrompt
        val skipped = text.points - most.toLong() * CHARS_A_TOKEN
        val read = if (skipped > 0) text.substring(text.offsetByCodePoints(0, skipped.toInt())) else text
        val ids = tokenizer.encode(cleanText(read).replace("\r\n", "\n").replace("\r", "\n"))
        return ids.copyOfRange(maxOf(0, ids.size - most), ids.size)
    }

    /**
     * The k most probable words: those that complete the one being typed, and, where it may be whole, the next.
     *
     * @param text what has been typed, any length. A blank at its end says that its last word is whole.
     * @param k 1 or more
     * @return at most k suggestions, the most probable first; none where the vocabulary holds nothing that fits
     */
    @JvmOverloads
    fun nextTokens(text: String, k: Int = 3): List<Suggestion> {
        if (k < 1) throw InputError("k must be a whole number, 1 or more, not $k")
        val now = typed(text)
        var found = words.suggest(read(now.before), now, k + CANDIDATES)
        val whole = found.firstOrNull { it.text == now.partial && now.partial.isNotEmpty() }?.score ?: 0.0
        if (whole != 0.0) {
            val after = words.suggest(read(text), typed("$text "), k)
            found = found.filter { it.text != now.partial } + after.map { it.copy(score = it.score * whole) }
        }
        return found.sortedByDescending { it.score }.take(k)
    }

    /**
     * Text that goes on from a prompt.
     *
     * @param prompt any length; its last `maxPrompt` tokens are read
     * @return the text without the prompt
     */
    @JvmOverloads
    fun generate(prompt: String = "", options: DecodeOptions = DecodeOptions()): String =
        generateStream(prompt, options).joinToString("")

    /** As [generate], part by part as it comes; the parts add up to the same text. */
    @JvmOverloads
    fun generateStream(prompt: String = "", options: DecodeOptions = DecodeOptions()): Sequence<String> = sequence {
        val deadline = Deadline(options.maxSeconds)
        // A blank at the prompt's end belongs to the token that comes.
        val cut = if (task.level != "char") prompt.removeSuffix(" ") else prompt
        val reading = read(cut)
        val tokens = if (options.beams > 1) beam(reading, options) else drawn(reading, options, deadline)
        val stops = StopStrings(options.stop)
        val decoder = pieces.decoder(prompt)
        var blank = cut != prompt
        for (token in tokens) {
            var text = decoder.feed(token)
            if (blank && text.isNotEmpty()) {
                text = text.removePrefix(" ")
                blank = false
            }
            val passed = stops.feed(text)
            if (passed.isNotEmpty()) yield(passed)
            if (stops.stopped) return@sequence
        }
        val rest = stops.feed(decoder.finish()) + stops.finish()
        if (rest.isNotEmpty()) yield(rest)
    }

    /** Adapts to a text of the user's, from here on; nothing leaves the device. */
    fun learn(text: String) {
        val own = adaptation ?: newAdaptation().also { adaptation = it }
        own.learn(listOf(task.end) + encode(text).toList())
    }

    /** An empty memory for this model's tokens: `load` takes over what `save` has written. */
    fun newAdaptation(): Adaptation = Adaptation(manifest.assets.getValue(task.tokenizer).sha256, pieces.size)

    /** The model after a text; the states after the last few texts are kept, and longer ones go on from them. */
    private fun read(text: String): Reading {
        val tokens = listOf(task.end) + encode(text).toList()
        val reading = prefixes.longest(tokens) ?: Reading(session(), task.input to task.output)
        val rest = tokens.drop(reading.tokens.size)
        if (rest.isNotEmpty()) {
            reading.read(rest)
            prefixes.keep(reading)
        }
        return reading.with(adaptation)
    }

    private fun drawn(reading: Reading, options: DecodeOptions, deadline: Deadline): Sequence<Int> = sequence {
        val sampler = Sampler(options, forbidden)
        sampler.see(reading.tokens.drop(1))
        var logits = reading.logits
        for (number in 0 until options.maxTokens) {
            if (deadline.isOver) return@sequence
            val token = sampler.choose(logits)
            if (token == task.end && !pieces.isBlankLevel) return@sequence
            yield(token)
            if (number + 1 < options.maxTokens) logits = reading.step(token)
        }
    }

    private fun beam(reading: Reading, options: DecodeOptions): Sequence<Int> {
        val end = if (pieces.isBlankLevel) null else task.end
        return beamSearch(reading, reading.logits, options, end, forbidden)[0].tokens.asSequence()
    }
}
