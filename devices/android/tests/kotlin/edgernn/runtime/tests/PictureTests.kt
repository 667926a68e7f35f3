package edgernn.runtime.tests

import edgernn.runtime.bundle.sha256
import edgernn.runtime.caption.Caption
import edgernn.runtime.caption.CaptionOptions
import edgernn.runtime.spec.Fields
import edgernn.runtime.spec.PictureSpec
import edgernn.runtime.spec.readPicture
import edgernn.runtime.tasks.ImageCaptioner
import edgernn.runtime.vision.Picture
import edgernn.runtime.vision.fitted
import edgernn.runtime.vision.halvings
import edgernn.runtime.vision.modelInput

/** Pictures in a model's size, byte by byte. */
internal fun pictureTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("pictures")
    for (case in document["cases"].items()) {
        checks.case("${case["source"].item()["shape"]} ${case["spec"]}") {
            val picture = picture(case["source"])
            val spec = specOf(case["spec"])
            checks.equal(case["halvings"].int(), halvings(picture.width, picture.height, spec), "halvings")
            val found = fitted(picture, spec)
            (case["pixels"] as List<*>?)?.let { wanted -> checks.equal(wanted.ints(), found.values.map { it.toInt() and 0xFF }, "pixels") }
            checks.equal(case["sha256"], sha256(found.values), "sha256")
        }
    }
    for (case in document["inputs"].items()) {
        checks.case("input ${case["spec"]}") {
            val found = modelInput(picture(case["source"]), specOf(case["spec"])).doubles()
            checks.equal(case["values"].numbers().map { it.toFloat().toDouble() }, found, "values")
        }
    }
}

/** Captions, where their words looked, streams. */
internal fun captionTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("caption")
    val tolerance = document["tolerance"].number()
    for (case in document["cases"].items()) {
        checks.case("${case["source"].item()["shape"]} ${case["settings"]}") {
            val model = vectors.model(case["bundle"] as String) as ImageCaptioner
            val found = model.caption(picture(case["source"]), optionsOf(case["settings"].item()))
            val wanted = case["captions"].items()
            checks.equal(wanted.map { it["text"] }, found.map { it.text }, "texts")
            checks.near(wanted.map { it["score"].number() }, found.map { it.score }, tolerance, "scores")
            wanted.zip(found).forEach { (one, caption) -> looksAgree(checks, one["attention"].items(), caption, tolerance) }
        }
    }
    for (case in document["streams"].items()) {
        checks.case("stream ${case["source"].item()["shape"]}") {
            val model = vectors.model(case["bundle"] as String) as ImageCaptioner
            checks.equal(case["parts"], model.captionStream(picture(case["source"])).toList(), "parts")
        }
    }
}

private fun looksAgree(checks: Checks, wanted: List<Item>, found: Caption, tolerance: Double) {
    checks.equal(wanted.map { it["word"] }, found.attention.map { it.word }, "words")
    checks.equal(wanted.map { units(found.text, it["span"].ints()) }, found.attention.map { listOf(it.span.start, it.span.stop) }, "spans")
    wanted.zip(found.attention).forEach { (one, look) ->
        checks.near(one["weights"].numbers(), look.weights.map { it.toDouble() }, tolerance, "weights of ${look.word}")
        checks.equal(look.weights.size, look.rows * look.columns, "places")
    }
}

private fun picture(source: Any?): Picture {
    val tensor = source.random()
    return Picture(tensor.bytes(), tensor.shape[0], tensor.shape[1], tensor.shape.getOrElse(2) { 1 })
}

private fun specOf(item: Any?): PictureSpec = ArrayList<String>().let { faults ->
    Fields(item, "", faults).let { fields -> readPicture(fields).also { fields.end() } }.also { check(faults.isEmpty()) { faults } }
}

private fun optionsOf(settings: Item): CaptionOptions = settings.entries.fold(CaptionOptions()) { found, (name, value) ->
    when (name) {
        // Options are checked as a whole: what belongs together is set together.
        "beams" -> found.copy(beams = value.int())
        "n_best" -> found.copy(nBest = value.int())
        "length_penalty" -> found.copy(lengthPenalty = value.number())
        "max_tokens" -> found.copy(maxTokens = value.int())
        "attention" -> found.copy(attention = value as Boolean)
        else -> error("setting $name")
    }
}
