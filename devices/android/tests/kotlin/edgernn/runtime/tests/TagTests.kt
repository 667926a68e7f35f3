package edgernn.runtime.tests

import edgernn.runtime.floats
import edgernn.runtime.tag.Crf
import edgernn.runtime.tag.Entity
import edgernn.runtime.tag.Token
import edgernn.runtime.tag.sentencesOf
import edgernn.runtime.tag.shapeOf
import edgernn.runtime.tag.spansOf
import edgernn.runtime.tag.windowsOf
import edgernn.runtime.tag.wordsOf
import edgernn.runtime.tasks.SequenceTagger

/** Words and sentences, shapes, windows, spans of labels. */
internal fun wordTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("words")
    for (case in document["cases"].items()) {
        checks.case("${short(case.text())} ${case["clitics"].texts().size}") {
            val text = case.text()
            val known = case["abbreviations"].texts()
            val words = wordsOf(text, case["clitics"].texts()) { it in known }
            checks.equal((case["span16"] as List<*>).map { it.ints() }, words.map { listOf(it.start, it.end) }, "words")
            checks.equal(case["sentences"].ints(), sentencesOf(text, words).map { it.size }, "sentences")
            checks.equal(words.map { text.substring(it.start, it.end) }, words.map { it.text }, "texts")
        }
    }
    for (case in document["shapes"] as List<*>) {
        val (word, shape) = case as List<*>
        checks.case("shape of $word") { checks.equal(shape.int(), shapeOf(word as String), "shape") }
    }
    for (case in document["windows"].items()) {
        checks.case("windows $case") {
            val found = windowsOf(case["count"].int(), case["size"].int(), case["overlap"].int())
            val plain = found.map { listOf(it.start, it.stop, it.first, it.last) }
            checks.equal((case["windows"] as List<*>).map { it.ints() }, plain, "windows")
        }
    }
    for (case in document["spans"].items()) {
        checks.case("spans of ${case["labels"]}") {
            val found = spansOf(case["labels"].texts()).map { listOf(it.label, it.start.toLong(), it.stop.toLong()) }
            checks.equal(case["spans"], found, "spans")
        }
    }
}

/** Conditional random fields. */
internal fun crfTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("crf")
    val tolerance = document["tolerance"].number()
    document["cases"].items().forEachIndexed { number, case ->
        checks.case("field $number") {
            fun rows(name: String) = case[name].random().floatRows().map { row -> DoubleArray(row.size) { row[it].toDouble() } }
            val field = Crf(rows("transitions"), rows("start")[0], rows("end")[0])
            val scores = rows("scores")
            val best = field.best(scores)
            checks.equal(case["best"].ints(), best.toList(), "best")
            val lattice = field.lattice(scores)
            checks.near(case["probabilities"].numbers(), lattice.probabilities.flatMap { it.toList() }, tolerance, "probabilities")
            for (span in case["spans"] as List<*>) {
                val (start, stop, probability) = span as List<*>
                val found = lattice.probability(start.int(), best.copyOfRange(start.int(), stop.int()))
                checks.near(probability.number(), found, tolerance, "span $start to $stop")
            }
        }
    }
}

/** Tokens, labels and entities of texts and of lists of words; streams of words. */
internal fun tagTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("tag")
    for (case in document["cases"].items()) {
        val list = case["list"] as List<*>?
        checks.case("${case["bundle"]} ${list ?: short(case.text())}") {
            val model = vectors.model(case["bundle"] as String) as SequenceTagger
            val found = if (list == null) model.tag(case.text()) else model.tag(list.texts())
            val tolerance = case["tolerance"].number()
            tokensAgree(checks, case["tokens"].items(), found, tolerance)
            entitiesAgree(checks, case["entities"].items(), found.entities, tolerance, "entities")
            checks.equal(case["spans"].item().keys, found.spans.keys, "columns of spans")
            case["spans"].item().forEach { (name, spans) ->
                entitiesAgree(checks, spans.items(), found.spans.getValue(name as String), tolerance, name)
            }
        }
    }
    for (case in document["features"].items()) {
        checks.case("features of ${case["words"]}") {
            val found = (vectors.model(case["bundle"] as String) as SequenceTagger).inputs(case["words"].texts())
            checks.equal(case["inputs"].item().keys, found.keys, "inputs")
            case["inputs"].item().forEach { (name, wanted) ->
                val tensor = found.getValue(name as String)
                checks.equal(wanted.item()["shape"].ints(), tensor.shape, "shape of $name")
                checks.equal(wanted.item()["data"].numbers(), tensor.doubles(), name)
            }
        }
    }
    for (case in document["streams"].items()) checks.case("stream of ${case["words"]}") { streamAgrees(vectors, checks, case) }
}

private fun streamAgrees(vectors: Vectors, checks: Checks, case: Item) {
    val model = vectors.model(case["bundle"] as String) as SequenceTagger
    val session = model.tagSession()
    val words = case["words"].texts()
    val found = words.map { session.step(it) }
    tokensAgree(checks, case["tokens"].items(), found, case["tolerance"].number())
    // Again, through a snapshot in the middle and a fork that goes elsewhere.
    session.reset()
    val first = words.take(3).map { session.step(it) }
    val fork = session.fork()
    repeat(2) { fork.step("zzz") }
    val snapshot = session.snapshot()
    session.step("elsewhere")
    session.restore(snapshot)
    checks.equal(found, first + words.drop(3).map { session.step(it) }, "tokens after snapshot, fork and reset")
}

private fun tokensAgree(checks: Checks, wanted: List<Item>, found: List<Token>, tolerance: Double) {
    checks.equal(wanted.map { it["span16"].ints() }, found.map { listOf(it.start, it.end) }, "places of tokens")
    checks.equal(wanted.map { it["label"] }, found.map { it.label }, "labels")
    checks.near(wanted.map { it["score"].number() }, found.map { it.score }, tolerance, "scores")
    wanted.zip(found).forEach { (one, token) ->
        one["labels"].item().forEach { (column, labels) ->
            checks.equal(listOfAny(labels), token.labels[column], "$column of ${token.text}")
            val scores = listOfAny(one["scores"].item()[column]).numbers()
            checks.near(scores, token.scores.getValue(column as String), tolerance, "scores of $column of ${token.text}")
        }
    }
}

private fun entitiesAgree(checks: Checks, wanted: List<Item>, found: List<Entity>, tolerance: Double, what: String) {
    checks.equal(wanted.map { it["span16"].ints() + listOf(it["label"]) }, found.map { listOf(it.start, it.end, it.label) }, what)
    checks.near(wanted.map { it["score"].number() }, found.map { it.score }, tolerance, "scores of $what")
}

private fun listOfAny(value: Any?): List<Any?> = value as? List<*> ?: listOf(value)
