package edgernn.runtime.tests

import edgernn.runtime.spec.LmSpec
import edgernn.runtime.spec.TranslateSpec
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.text.Pieces
import edgernn.runtime.text.Tokenizer
import edgernn.runtime.text.cleanText
import edgernn.runtime.translate.tokenWords

/** Texts to token ids and back. */
internal fun tokenTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("tokens")
    val tokenizers = HashMap<String, Tokenizer>()
    fun tokenizer(case: Item): Tokenizer = tokenizers.getOrPut("${case["bundle"]} ${case["asset"]}") {
        Tokenizer(vectors.model(case["bundle"] as String).bundle.asset(case["asset"] as String))
    }
    for (case in document["cases"].items()) {
        checks.case("${case["bundle"]} ${case["asset"]} ${short(case.text())}") {
            checks.equal(case["ids"].ints(), tokenizer(case).encode(cleanText(case.text())).toList(), "ids")
        }
    }
    for (case in document["language_models"].items()) {
        checks.case("${case["bundle"]} prompt ${short(case.text())}") {
            val model = vectors.model(case["bundle"] as String) as LanguageModel
            checks.equal(case["ids"].ints(), model.encode(case.text()).toList(), "ids")
        }
    }
    for (case in document["decoding"].items()) {
        checks.case("${case["bundle"]} decoding after '${case["after"]}'") {
            val bundle = vectors.model(case["bundle"] as String).bundle
            val asset = bundle.asset(case["asset"] as String)
            val pieces = when (val task = bundle.manifest.task) {
                is LmSpec -> Pieces(asset, task.level, task.end, task.unknown)
                is TranslateSpec -> Pieces(asset, task.level, task.end, task.unknown)
                else -> error("no task that writes")
            }
            val decoder = pieces.decoder(case["after"] as String)
            checks.equal(case["parts"], case["ids"].ints().map { decoder.feed(it) }, "parts")
            checks.equal(case["rest"], decoder.finish(), "rest")
        }
    }
    for (case in document["words"].items()) {
        checks.case("words of ${case["text"]}") {
            val text = case.text()
            val encode = tokenizer(mapOf("bundle" to case["bundle"], "asset" to "source.tokenizer.json"))::encode
            val spans = tokenWords(text, encode, case["ids"].ints().toIntArray()).map { listOf(it.start, it.stop) }
            checks.equal((case["spans"] as List<*>).map { units(text, it.ints()) }, spans, "spans")
        }
    }
}
