package edgernn.runtime.tests

import edgernn.runtime.Model
import edgernn.runtime.Session
import edgernn.runtime.Snapshot
import edgernn.runtime.Tensor

/** Steps from given states, whole sequences, encoders and decoders. */
internal fun stepTests(vectors: Vectors, checks: Checks) {
    val document = vectors.document("steps")
    for (case in document["cases"].items()) checks.case("steps of ${case["bundle"]}") { stepsAgree(vectors, checks, case) }
    for (case in document["runs"].items() + document["whole"].items() + document["pairs"].items()) {
        checks.case("run of ${case["bundle"]} ${case["inputs"].item().values.map { it.item()["shape"] }}") {
            val model = vectors.model(case["bundle"] as String)
            val states = (case["states"] as Item?)?.randoms()?.ifEmpty { null }
            val found = model.run(case["inputs"].randoms(), states)
            checks.equal(case["outputs"].item().keys.toList(), found.keys.toList(), "outputs")
            case["outputs"].item().forEach { (name, wanted) ->
                val tensor = found.getValue(name as String)
                checks.equal(wanted.item()["shape"].ints(), tensor.shape, "shape of $name")
                val stride = (case["stride"] as Long?)?.toInt() ?: 1
                val kept = tensor.doubles().filterIndexed { n, _ -> n % stride == 0 }
                checks.near(wanted.item()["data"].numbers(), kept, case["tolerance"].number(), name)
            }
        }
    }
}

private fun stepsAgree(vectors: Vectors, checks: Checks, case: Item) {
    val model = vectors.model(case["bundle"] as String)
    val inputs = case["inputs"].randoms()
    val start = Snapshot(model.manifest.model.sha256, case["states"].randoms())
    val tolerance = case["tolerance"].number()
    val session = model.session().also { it.restore(start) }
    val wanted = case["outputs"].items()
    val found = wanted.indices.map { session.step(at(inputs, it)) }
    wanted.forEachIndexed { n, step ->
        step.forEach { (name, values) ->
            checks.near(values.numbers(), found[n].getValue(name as String).doubles(), tolerance, "step $n, $name")
        }
    }
    val after = session.snapshot().states
    case["after"].item().forEach { (name, values) ->
        checks.near(values.numbers(), after.getValue(name as String).doubles(), tolerance, name)
    }
    interleaved(model, checks, start, inputs, found)
}

/** Two sessions and whole sequences take turns, one is forked and restored: not a bit of anything changes. */
private fun interleaved(model: Model, checks: Checks, start: Snapshot, inputs: Map<String, Tensor>, wanted: List<Map<String, Tensor>>) {
    val one = model.session().also { it.restore(start) }
    val other = model.session()
    val zero = model.session().step(at(inputs, 0))
    for (n in wanted.indices) {
        val before = one.snapshot()
        checks.equal(bits(zero), bits(other.step(at(inputs, 0))), "the other session, from zeros")
        checks.equal(bits(wanted[n]), bits(one.fork().step(at(inputs, n))), "a fork at step $n")
        model.run(inputs)
        checks.equal(bits(wanted[n]), bits(one.step(at(inputs, n))), "step $n between others")
        one.restore(before)
        checks.equal(bits(wanted[n]), bits(one.step(at(inputs, n))), "step $n again, from a snapshot")
        other.reset()
    }
    thousands(model, checks, inputs, zero)
}

/** Sessions cost nothing but their states. */
private fun thousands(model: Model, checks: Checks, inputs: Map<String, Tensor>, wanted: Map<String, Tensor>) {
    val sessions: List<Session> = List(2000) { model.session() }
    val step = at(inputs, 0)
    checks.that(sessions.take(200).all { bits(it.step(step)) == bits(wanted) }) { "one of 2000 sessions differs" }
}

private fun at(inputs: Map<String, Tensor>, step: Int): Map<String, Tensor> = inputs.mapValues { it.value.sliced(1, step, step + 1) }

private fun bits(tensors: Map<String, Tensor>): Map<String, List<Double>> = tensors.mapValues { it.value.doubles() }
