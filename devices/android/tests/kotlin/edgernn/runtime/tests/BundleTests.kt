package edgernn.runtime.tests

import edgernn.runtime.EdgeRnnError
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.load
import edgernn.runtime.selftest
import edgernn.runtime.spec.FileSpec
import edgernn.runtime.spec.TensorSpec
import java.lang.reflect.Modifier
import java.util.Base64

/** What is read of sound bundles, and their self-tests; one must fail. */
internal fun bundleTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("bundles")
    checks.equal(vectors.names(), document["cases"].items().map { it["bundle"] }.map { it as String }.sorted(), "bundles")
    for (case in document["cases"].items()) {
        val name = case["bundle"] as String
        checks.case(name) {
            val bundle = vectors.bundle(name)
            val manifest = bundle.manifest
            checks.equal(case["size"].int(), bundle.content.size, "size")
            checks.equal(case["sha256"], bundle.sha256, "sha256")
            checks.equal(file(case["model"]), manifest.model, "model")
            checks.equal(case["assets"].item().mapValues { file(it.value) }, manifest.assets, "assets")
            checks.equal(case["inputs"].items().map(::tensor), manifest.inputs, "inputs")
            checks.equal(case["outputs"].items().map(::tensor), manifest.outputs, "outputs")
            checks.equal(case["mode"], manifest.execution.mode, "mode")
            checks.equal(case["signatures"], manifest.execution.signatures.map { it.name }, "signatures")
            checks.equal(case["states"], manifest.execution.states.map { it.name }, "states")
            checks.equal(case["recipe"], manifest.quantization.recipe, "recipe")
            checks.equal(case["task"], plain(manifest.task), "task")
            val model = vectors.model(name)
            checks.equal(case["class"], model.javaClass.simpleName, "class")
            val wanted = case["selftest"].item()
            val found = selftest(model)
            checks.equal(wanted["passed"], found.passed, "self-test passes ${found.failures}")
            checks.equal(wanted["vectors"].int(), found.vectors, "golden vectors")
            checks.equal(wanted["tolerance"].number(), found.tolerance, "tolerance")
        }
    }
    for (case in document["failing"].items()) {
        checks.case("failing ${case["bundle"]}") {
            load(Bundle.of(edited(vectors, case), "changed"), vectors.engine).use { model ->
                val report = selftest(model)
                checks.equal(case["passed"], report.passed, "passed")
                val numbers = report.failures.map { it.substringAfter("vector ").substringBefore(":").toInt() }
                checks.equal(case["failing_vectors"].ints(), numbers, "failing vectors")
            }
        }
    }
}

/** Damaged and hostile bundles are refused with one line. */
internal fun badBundleTests(vectors: Vectors, checks: Checks) {
    for (case in vectors.document("bad_bundles")["cases"].items()) {
        checks.case(case["name"] as String) {
            val error = try {
                load(Bundle.of(edited(vectors, case), "FILE"), vectors.engine).close()
                null
            } catch (refusal: EdgeRnnError) {
                refusal
            }
            checks.equal(case["kind"], error?.javaClass?.simpleName, "kind of ${error?.message}")
            val message = error?.message.orEmpty()
            for (word in case["gist"].texts()) {
                // Names in a message stand between the quotes of the language.
                checks.that(word in message) { "'$word' is not in: $message" }
            }
            checks.that('\n' !in message) { "more than one line: $message" }
        }
    }
}

/** A bundle's bytes with a case's edits. */
private fun edited(vectors: Vectors, case: Item): ByteArray {
    var data = vectors.file(case["bundle"] as String).readBytes()
    for (edit in case["edits"].items()) {
        val at = edit["at"].int()
        val rest = data.copyOfRange(at + edit["delete"].int(), data.size)
        data = data.copyOf(at) + Base64.getDecoder().decode(edit["insert"] as String) + rest
    }
    return data
}

private fun file(value: Any?) = FileSpec(value.item()["size"] as Long, value.item()["sha256"] as String)

private fun tensor(item: Item) = TensorSpec(
    item["name"] as String,
    checkNotNull(edgernn.runtime.DType.of(item["dtype"] as String)),
    (item["shape"] as List<*>).map { it?.int() },
)

/** A declaration as JSON has it: fields by their names in Python. */
private fun plain(value: Any?): Any? = when (value) {
    null, is String, is Boolean, is Long, is Double -> value
    is Int -> value.toLong()
    is List<*> -> value.map(::plain)
    else -> value.javaClass.declaredFields.filter { !Modifier.isStatic(it.modifiers) }.associate { field ->
        field.isAccessible = true
        val name = field.name.replace(Regex("[A-Z]")) { "_" + it.value.lowercase() }
        name to plain(field.get(value))
    }.ifEmpty { mapOf("name" to "model") }
}
