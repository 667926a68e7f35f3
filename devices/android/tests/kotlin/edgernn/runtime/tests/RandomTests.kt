package edgernn.runtime.tests

import edgernn.runtime.decode.Pcg64
import java.math.BigInteger

/** The generator that sampling draws from: NumPy's, bit by bit. */
internal fun randomTests(vectors: Vectors, checks: Checks) {
    for (case in vectors.document("random")["cases"].items()) {
        checks.case("seed ${case["seed"]}") {
            val seed = BigInteger(case["seed"] as String)
            checks.equal(case["state"], Pcg64(seed).spread.map(::hexadecimal), "state")
            val words = Pcg64(seed)
            checks.equal(case["words"], case["words"].texts().map { hexadecimal(words.nextLong()) }, "words")
            val doubles = Pcg64(seed)
            checks.equal(case["doubles"], case["doubles"].numbers().map { doubles.nextDouble() }, "doubles")
        }
    }
}

/** Arrays by their seeds. */
internal fun tensorTests(vectors: Vectors, checks: Checks) {
    for (case in vectors.document("tensors")["cases"].items()) {
        checks.case("$case".take(80)) {
            val found = case.random()
            checks.equal(case["shape"].ints(), found.shape, "shape")
            val wanted = (case["data"] as List<*>).map { if (it is Boolean) (if (it) 1.0 else 0.0) else it.number().toFloat().toDouble() }
            checks.equal(wanted, found.doubles(), "values")
        }
    }
}

private fun hexadecimal(word: Long): String = word.toULong().toString(16).padStart(16, '0')
