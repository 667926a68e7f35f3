package edgernn.runtime.tests

import edgernn.runtime.decode.BatchScorer
import edgernn.runtime.decode.DecodeOptions
import edgernn.runtime.decode.Limits
import edgernn.runtime.decode.Pcg64
import edgernn.runtime.decode.Sampler
import edgernn.runtime.decode.Scored
import edgernn.runtime.decode.StopStrings
import edgernn.runtime.decode.bestSequences
import edgernn.runtime.decode.byLength
import edgernn.runtime.decode.byLengthAndCoverage
import java.math.BigInteger

/** Tokens drawn from tables, with seeds. */
internal fun samplingTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("sampling")
    for (case in document["cases"].items()) {
        checks.case("${case["options"]} ${case["logits"].item()["shape"]}") {
            val settings = case["options"].item()
            val options = decodeOptions(settings - "seed")
            val forbidden = case["forbidden"].ints()
            val seed = settings["seed"] as String?
            fun sampler() = if (seed == null) Sampler(options, forbidden) else Sampler(options, forbidden, Pcg64(BigInteger(seed)))
            val rows = case["logits"].random().floatRows()
            val sampler = sampler()
            sampler.see(case["seen"].ints())
            checks.equal(case["tokens"].ints(), rows.map { sampler.choose(it.copyOf()) }, "tokens")
            (case["distribution"] as Item?)?.let { wanted ->
                val row = rows[0].copyOf()
                forbidden.forEach { row[it] = Float.NEGATIVE_INFINITY }
                val (ids, probabilities) = sampler().distribution(row)
                checks.equal(wanted["ids"].ints(), ids.toList(), "ids")
                checks.near(wanted["probabilities"].numbers(), probabilities.toList(), document["tolerance"].number(), "probabilities")
            }
        }
    }
}

/** What follows each token, whatever came before. */
private class Table(private val logits: List<FloatArray>, private val attention: List<FloatArray>) : BatchScorer {
    override fun step(parents: IntArray, tokens: IntArray) =
        Scored(tokens.map { logits[it].copyOf() }, tokens.map { attention[it].copyOf() })
}

/** Searches over tables. */
internal fun beamTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("beams")
    val tolerance = document["tolerance"].number()
    for (case in document["cases"].items()) {
        checks.case("${case["limits"]} ${case["score"]} ${case["table"].item()["shape"]}") {
            val table = Table(case["table"].random().floatRows(), case["attention"].random().floatRows())
            val settings = case["limits"].item()
            val limits = Limits(
                settings["beams"].int(),
                settings["max_tokens"].int(),
                repetitionPenalty = settings["repetition_penalty"]?.number() ?: 1.0,
            )
            val kind = case["score"].item()
            val score = kind["length"]?.let { byLength(it.number()) }
                ?: byLengthAndCoverage(kind["length_penalty"].number(), kind["coverage_penalty"].number())
            val first = table.step(intArrayOf(0), intArrayOf(case["begin"].int()))
            val found = bestSequences(table, first, limits, score, case["end"].int(), case["forbidden"].ints()).take(8)
            val wanted = case["hypotheses"].items()
            checks.equal(wanted.map { it["tokens"].ints() }, found.map { it.tokens }, "tokens")
            checks.equal(wanted.map { it["ended"] }, found.map { it.ended }, "ended")
            checks.near(wanted.map { it["score"].number() }, found.map { it.score }, tolerance, "scores")
            checks.near(wanted.map { it["log_probability"].number() }, found.map { it.logProbability }, tolerance, "log-probabilities")
        }
    }
}

/** Stop strings, and the settings' defaults. */
internal fun stopTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("stops")
    checks.case("defaults") { checks.equal(DecodeOptions(), decodeOptions(document["defaults"].item()), "defaults") }
    for (case in document["cases"].items()) {
        checks.case("${case["stop"]} ${case["parts"]}") {
            val stops = StopStrings(case["stop"].texts())
            checks.equal(case["passed"], case["parts"].texts().map { stops.feed(it) }, "passed")
            checks.equal(case["stopped"], stops.stopped, "stopped")
            checks.equal(case["rest"], stops.finish(), "rest")
        }
    }
}

/** Settings by their names in Python; a name that is not known is a mistake of the test. */
internal fun decodeOptions(settings: Map<*, *>): DecodeOptions = settings.entries.fold(DecodeOptions()) { found, (name, value) ->
    when (name) {
        "max_tokens" -> found.copy(maxTokens = value.int())
        "max_seconds" -> found.copy(maxSeconds = value?.number())
        "temperature" -> found.copy(temperature = value.number())
        "top_k" -> found.copy(topK = value.int())
        "top_p" -> found.copy(topP = value.number())
        "min_p" -> found.copy(minP = value.number())
        "repetition_penalty" -> found.copy(repetitionPenalty = value.number())
        "beams" -> found.copy(beams = value.int())
        "length_penalty" -> found.copy(lengthPenalty = value.number())
        "stop" -> found.copy(stop = value.texts())
        "seed" -> found.copy(seed = value as Long?)
        else -> error("setting $name")
    }
}
