package edgernn.runtime.tests

import edgernn.runtime.BundleError
import edgernn.runtime.InputError
import edgernn.runtime.RuntimeUnavailable
import edgernn.runtime.Snapshot
import edgernn.runtime.Tensor
import edgernn.runtime.bundle.Archive
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.caption.CaptionOptions
import edgernn.runtime.decode.DecodeOptions
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import edgernn.runtime.spec.MANIFEST_NAME
import edgernn.runtime.spec.parseManifest
import edgernn.runtime.tasks.Forecaster
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.tasks.SequenceTagger
import edgernn.runtime.tasks.TextClassifier
import edgernn.runtime.text.Pattern
import edgernn.runtime.text.Utf8Decoder
import edgernn.runtime.translate.TranslationOptions
import edgernn.runtime.vision.Picture
import java.io.File
import kotlin.concurrent.thread

/** What the vectors do not say: errors, the JSON reader, patterns, threads. */
internal fun ownTests(vectors: Vectors, checks: Checks) {
    jsonTests(checks)
    patternTests(checks)
    utf8Tests(checks)
    optionTests(checks)
    checks.case("inputs") { inputTests(vectors, checks) }
    checks.case("files") {
        checks.raises<BundleError>("no such file") { Bundle.read(File("no/such.tflite")) }
        checks.raises<BundleError>("is a folder") { Bundle.read(File(".")) }
    }
    checks.case("manifests") { manifestTests(vectors, checks) }
    checks.case("threads") { threadTests(vectors, checks) }
    checks.case("closed") {
        val model = vectors.fresh("sensor")
        val session = model.session()
        model.close()
        model.close()
        checks.raises<RuntimeUnavailable>("closed") { session.step(Tensor.of(floatArrayOf(1f, 2f))) }
    }
}

/** Numbers that would overflow, or fill the memory. */
private fun manifestTests(vectors: Vectors, checks: Checks) {
    val text = String(Archive(vectors.file("sensor").readBytes()).read(MANIFEST_NAME), Charsets.UTF_8)
    // What stands before a number, and the number.
    val state = Regex("""("name": "state_lstm_h",\s*"dtype": "float32",\s*"shape": \[\s*)1""")
    val version = Regex("""("format_version": )1""")
    fun changed(place: Regex, number: String): Any? {
        val found = place.replace(text) { it.groupValues[1] + number }
        check(found != text)
        return Json.parse(found)
    }
    parseManifest(changed(state, "2"), "sensor")
    for (size in listOf("-1", "0", "1000000000")) {
        checks.raises<BundleError>("has a shape that makes no sense") { parseManifest(changed(state, size), "sensor") }
    }
    checks.raises<BundleError>("shape[0]: expected a whole number") { parseManifest(changed(state, "4294967297"), "sensor") }
    checks.raises<BundleError>("format_version: expected a whole number") { parseManifest(changed(version, "1.5"), "sensor") }
}

private fun jsonTests(checks: Checks) {
    val good = mapOf(
        """{"a": [1, -2.5e3, "x\u00e9\n\ud83d\ude00", true, null], "b": {}}""" to
            mapOf("a" to listOf(1L, -2500.0, "x\u00e9\n\uD83D\uDE00", true, null), "b" to emptyMap<String, Any?>()),
        " [ ] " to emptyList<Any?>(),
        "0" to 0L,
        "-0" to 0L,
        "9223372036854775807" to Long.MAX_VALUE,
        "1e-400" to 0.0,
        """{"a":1,"a":2}""" to mapOf("a" to 2L),
    )
    good.forEach { (text, value) -> checks.case("JSON $text") { checks.equal(value, Json.parse(text), "value") } }
    val bad = listOf(
        "", "{", "[1,]", "{\"a\"}", "{'a':1}", "{\"a\":1,}", "01", "1.", ".5", "+1", "nul", "NaN", "Infinity", "\"a", "\"\\x\"",
        "\"\\u12g4\"", "\"a\nb\"", "[1] 2", "\uFEFF1", "\"\\", "-", "1e", "[".repeat(1000),
    )
    for (text in bad) {
        checks.case("JSON ${text.take(20)}") {
            val refused = try {
                Json.parse(text)
                false
            } catch (_: JsonError) {
                true
            }
            checks.that(refused) { "was read" }
        }
    }
}

private fun patternTests(checks: Checks) {
    fun found(pattern: String, text: String) = Pattern(pattern).findAll(text).map { text.substring(it) }.toList()
    val cases = mapOf(
        ("a+b" to "aab ab b") to listOf("aab", "ab"),
        (" ?[a-z]+|[0-9]{2,3}" to "ab cd 1234 5") to listOf("ab", " cd", "123"),
        ("a(b|bc)d" to "abcd abd") to listOf("abcd", "abd"),
        ("x(y)?z" to "xz xyz") to listOf("xz", "xyz"),
        ("[^a]" to "a\uD83D\uDE00b") to listOf("\uD83D\uDE00", "b"),
        ("[]x-]+" to "a]x-b") to listOf("]x-"),
        ("a.c" to "abc a\nc") to listOf("abc"),
        ("\\[\\]" to "x[]") to listOf("[]"),
        ("[a-c]{2}c" to "abc") to listOf("abc"),
    )
    cases.forEach { (case, wanted) -> checks.case("pattern $case") { checks.equal(wanted, found(case.first, case.second), "matches") } }
    val refused = listOf(
        "a*", "\\w+", "(?=a)", "(ab)+", "a+?", "[[a]]", "[a&&b]", "^a", "a$", "(a", "a)", "[b-a]", "a{3,2}", "x\\", "[a",
    )
    for (pattern in refused) {
        checks.case("pattern $pattern") { checks.raises<RuntimeUnavailable>("does not know") { Pattern(pattern) } }
    }
}

private fun utf8Tests(checks: Checks) {
    fun decoded(vararg bytes: Int) = Utf8Decoder().let { it.feed(ByteArray(bytes.size) { n -> bytes[n].toByte() }) + it.finish() }
    // As Python's decoder replaces them.
    val cases = mapOf(
        decoded(0x61, 0xF0, 0x9F, 0x98, 0x80) to "a\uD83D\uDE00",
        decoded(0xE2, 0x82) to "\uFFFD",
        decoded(0xE2, 0x28, 0xA1) to "\uFFFD(\uFFFD",
        decoded(0xC0, 0xAF) to "\uFFFD\uFFFD",
        decoded(0xED, 0xA0, 0x80) to "\uFFFD\uFFFD\uFFFD",
        decoded(0xF4, 0x90, 0x80, 0x80) to "\uFFFD\uFFFD\uFFFD\uFFFD",
        decoded(0xF0, 0x9F, 0x98, 0x61) to "\uFFFDa",
    )
    cases.entries.forEachIndexed { n, (found, wanted) -> checks.case("UTF-8 $n") { checks.equal(wanted, found, "text") } }
}

private fun optionTests(checks: Checks) {
    checks.case("options") {
        checks.raises<InputError>("temperature", "topP", "beams") { DecodeOptions(temperature = -1.0, topP = Double.NaN, beams = 65) }
        checks.raises<InputError>("seed") { DecodeOptions(seed = -1) }
        checks.raises<InputError>("stop") { DecodeOptions(stop = listOf("")) }
        checks.raises<InputError>("maxSeconds") { DecodeOptions(maxSeconds = Double.POSITIVE_INFINITY) }
        checks.raises<InputError>("nBest (5)") { TranslationOptions(nBest = 5) }
        checks.raises<InputError>("maxTokens") { CaptionOptions(maxTokens = 0) }
        checks.raises<InputError>("bytes") { Picture(ByteArray(5), 2, 2) }
        checks.raises<InputError>("empty") { Picture(ByteArray(0), 0, 2) }
        checks.raises<InputError>("do not make") { Tensor.of(FloatArray(5), 2, 3) }
    }
}

private fun inputTests(vectors: Vectors, checks: Checks) {
    val sensor = vectors.model("sensor")
    val x = Tensor.of(FloatArray(6), 1, 3, 2)
    checks.raises<InputError>("unknown input 'y'", "'x' is missing") { sensor.run(mapOf("y" to x)) }
    checks.raises<InputError>("has shape [1, 6], expected [1, any, 2]") { sensor.run(mapOf("x" to Tensor.of(FloatArray(6), 1, 6))) }
    checks.raises<InputError>("is empty") { sensor.run(mapOf("x" to Tensor.of(FloatArray(0), 1, 0, 2))) }
    checks.equal(
        sensor.run(mapOf("x" to Tensor.of(floatArrayOf(1f, 2f), 1, 1, 2))).getValue("y").doubles(),
        sensor.run(mapOf("x" to Tensor.of(longArrayOf(1, 2), 1, 1, 2))).getValue("y").doubles(),
        "whole numbers for floats",
    )
    val session = sensor.session()
    checks.raises<InputError>("another model") { session.restore(Snapshot("0".repeat(64), session.snapshot().states)) }
    checks.raises<InputError>("is missing") { session.restore(Snapshot(sensor.manifest.model.sha256, emptyMap())) }
    val words = vectors.model("words") as LanguageModel
    val input = words.task.input
    checks.raises<InputError>("has dtype float32, expected int32") { words.run(mapOf(input to Tensor.of(floatArrayOf(1f), 1, 1))) }
    checks.raises<InputError>("beyond int32") { words.run(mapOf(input to Tensor.of(longArrayOf(1L shl 40), 1, 1))) }
    checks.raises<InputError>("k must be") { words.nextTokens("a", 0) }
    checks.equal("", words.generate("I", DecodeOptions(maxSeconds = 0.0)), "no time")
    checks.raises<InputError>("both directions") { (vectors.model("tagger") as SequenceTagger).tagSession() }
    checks.raises<InputError>("not empty") { (vectors.model("tagger") as SequenceTagger).tag(listOf("a", " ")) }
    checks.raises<InputError>("whole sequences only") { vectors.model("tagger").session() }
    val series = vectors.model("series") as Forecaster
    checks.raises<InputError>("no usable value") { series.forecast(doubleArrayOf(Double.NaN)) }
    checks.raises<InputError>("empty") { series.forecast(DoubleArray(0)) }
    checks.raises<InputError>("horizon") { series.forecast(doubleArrayOf(1.0), horizon = 1000) }
    checks.raises<InputError>("coverage") { series.forecast(doubleArrayOf(1.0), coverage = 0.33) }
    checks.raises<InputError>("covariate 'x'") { series.forecast(doubleArrayOf(1.0), covariates = mapOf("x" to doubleArrayOf(1.0))) }
    checks.raises<InputError>("first value") { series.forecastSession().step(null) }
}

/** Calls of many threads run one after another: none sees another's numbers. */
private fun threadTests(vectors: Vectors, checks: Checks) {
    val classifier = vectors.model("tiny.int8") as TextClassifier
    val texts = List(8) { "tell me about platform $it and soup" }
    val wanted = texts.map { classifier.classify(it) }
    val found = arrayOfNulls<Any>(texts.size)
    texts.mapIndexed { n, text -> thread { repeat(20) { found[n] = classifier.classify(text) } } }.forEach { it.join() }
    checks.equal(wanted, found.toList(), "categories")
    val lm = vectors.model("words") as LanguageModel
    val options = DecodeOptions(seed = 7, maxTokens = 12)
    val text = lm.generate("I want", options)
    val all = arrayOfNulls<String>(6)
    List(all.size) { n -> thread { all[n] = lm.generate("I want", options) } }.forEach { it.join() }
    checks.equal(List(all.size) { text }, all.toList(), "texts")
}
