package edgernn.runtime.tests

import edgernn.runtime.lm.Suggestion
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.tasks.TextClassifier
import edgernn.runtime.tasks.Translator
import edgernn.runtime.text.points
import edgernn.runtime.translate.Translation
import edgernn.runtime.translate.TranslationOptions
import edgernn.runtime.translate.cutAtKept
import edgernn.runtime.translate.leavesOut
import edgernn.runtime.translate.partsOf
import edgernn.runtime.translate.shortened

/** Categories of texts. */
internal fun classifyTests(vectors: Vectors, checks: Checks) {
    for (case in vectors.document("classify")["cases"].items()) {
        checks.case("${case["bundle"]} ${short(case.text())}") {
            val found = (vectors.model(case["bundle"] as String) as TextClassifier).classify(case.text())
            val wanted = case["categories"].items().associate { it["label"] as String to it["score"].number() }
            ranksAgree(checks, wanted, found.map { it.label to it.score }, case["tolerance"].number())
        }
    }
}

/** Suggestions, texts and their parts as they stream, what is learnt. */
internal fun lmTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("lm")
    val tolerance = document["tolerance"].number()
    for (case in document["next"].items()) {
        checks.case("${case["bundle"]} next after '${case["text"]}' ${case["k"]}") {
            val model = vectors.model(case["bundle"] as String) as LanguageModel
            suggestionsAgree(checks, case, model.nextTokens(case["text"] as String, case["k"].int()), tolerance)
        }
    }
    for (case in document["generate"].items()) {
        checks.case("${case["bundle"]} '${case["prompt"]}' ${case["settings"]}") {
            val model = vectors.model(case["bundle"] as String) as LanguageModel
            val options = decodeOptions(case["settings"].item())
            checks.equal(case["parts"], model.generateStream(case["prompt"] as String, options).toList(), "parts")
            checks.equal(case["parts"].texts().joinToString(""), model.generate(case["prompt"] as String, options), "text")
        }
    }
    for (case in document["learn"].items()) {
        checks.case("${case["bundle"]} learns") {
            vectors.fresh(case["bundle"] as String).use { one ->
                val model = one as LanguageModel
                case["texts"].texts().forEach { model.learn(it) }
                learntAgrees(checks, case, model, tolerance)
                // Again, out of a file.
                val file = kotlin.io.path.createTempFile("adaptation", ".json").toFile()
                checkNotNull(model.adaptation).save(file)
                model.adaptation = model.newAdaptation().also { it.load(file) }
                file.delete()
                learntAgrees(checks, case, model, tolerance)
            }
        }
    }
}

private fun learntAgrees(checks: Checks, case: Item, model: LanguageModel, tolerance: Double) {
    for (next in case["next"].items()) {
        suggestionsAgree(checks, next, model.nextTokens(next["text"] as String, next["k"].int()), tolerance)
    }
    val options = decodeOptions(case["settings"].item())
    checks.equal(case["generated"], model.generate(case["prompt"] as String, options), "generated")
}

private fun suggestionsAgree(checks: Checks, case: Item, found: List<Suggestion>, tolerance: Double) {
    val wanted = case["suggestions"].items()
    val what = { n: Int -> "${wanted[n]["text"]} ${wanted[n]["completes"]}" }
    ranksAgree(
        checks,
        wanted.indices.associate { what(it) to wanted[it]["score"].number() },
        found.map { "${it.text} ${it.completes}" to it.score },
        tolerance,
    )
}

/** The same names with the same scores, in an order that nothing but scores nearer than the tolerance changes. */
private fun ranksAgree(checks: Checks, wanted: Map<String, Double>, found: List<Pair<String, Double>>, tolerance: Double) {
    checks.equal(wanted.keys, found.map { it.first }.toSet(), "names")
    checks.equal(wanted.size, found.size, "how many")
    checks.near(found.map { wanted[it.first] ?: Double.NaN }, found.map { it.second }, tolerance, "scores")
    val order = found.map { wanted[it.first] ?: Double.NaN }
    checks.that(order.zipWithNext().all { (one, next) -> one >= next - tolerance }) { "order $found for $wanted" }
}

/** Translations of texts, and the parts that they are made in. */
internal fun translateTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("translate")
    val tolerance = document["tolerance"].number()
    for (case in document["layout"].items()) {
        checks.case("layout of ${short(case.text())}") {
            checks.equal(case["parts"], partsOf(case.text()).map { listOf(it.text, it.isSentence) }, "parts")
        }
    }
    for (case in document["kept"].items()) {
        checks.case("kept in ${short(case.text())}") {
            checks.equal(case["pieces"], cutAtKept(case.text()).map { listOf(it.first, it.second) }, "pieces")
        }
    }
    for (case in document["shortened"].items()) {
        checks.case("pieces of ${short(case.text())}") {
            checks.equal(case["pieces"], shortened(case.text()) { it.points <= case["most"].int() }, "pieces")
        }
    }
    for (case in document["left_out"].items()) {
        checks.case("left out of ${case["tokens"]}") {
            val rows = (case["attention"] as List<*>).map { row -> row.numbers().map { it.toFloat() }.toFloatArray() }
            checks.equal(case["left_out"], leavesOut(rows, case["tokens"].int()), "left out")
        }
    }
    for (case in document["cases"].items()) {
        checks.case("${short(case.text())} ${case["settings"]}") {
            val model = vectors.model(case["bundle"] as String) as Translator
            val found = model.translate(case.text(), optionsOf(case["settings"].item()))
            val wanted = case["translations"].items()
            checks.equal(wanted.map { it["text"] }, found.map { it.text }, "texts")
            checks.near(wanted.map { it["score"].number() }, found.map { it.score }, tolerance, "scores")
            wanted.zip(found).forEach { (one, own) -> linksAgree(checks, case.text(), one["alignment"] as List<*>, own, tolerance) }
        }
    }
    for (case in document["streams"].items()) {
        checks.case("stream of ${short(case.text())}") {
            val model = vectors.model(case["bundle"] as String) as Translator
            checks.equal(case["parts"], model.translateStream(case.text()).toList(), "parts")
        }
    }
}

private fun linksAgree(checks: Checks, source: String, wanted: List<*>, found: Translation, tolerance: Double) {
    val places = wanted.map { link ->
        val numbers = (link as List<*>).take(4).map { it.int() }
        units(source, numbers.take(2)) + units(found.text, numbers.drop(2))
    }
    checks.equal(places, found.alignment.map { listOf(it.source.start, it.source.stop, it.target.start, it.target.stop) }, "links")
    checks.near(wanted.map { (it as List<*>)[4].number() }, found.alignment.map { it.weight }, tolerance, "weights")
}

private fun optionsOf(settings: Item): TranslationOptions = settings.entries.fold(TranslationOptions()) { found, (name, value) ->
    when (name) {
        "beams" -> found.copy(beams = value.int())
        "n_best" -> found.copy(nBest = value.int())
        "length_penalty" -> found.copy(lengthPenalty = value.number())
        "coverage_penalty" -> found.copy(coveragePenalty = value.number())
        "max_tokens" -> found.copy(maxTokens = value.int())
        "alignment" -> found.copy(alignment = value as Boolean)
        else -> error("setting $name")
    }
}
