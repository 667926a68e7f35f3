package edgernn.runtime.tests

import edgernn.runtime.EdgeRnnError
import kotlin.math.abs

/** Counts what holds and what does not; the first failures of a suite are told of. */
internal class Checks {
    private val failures = ArrayList<String>()
    private var where = ""

    /** Checks made so far. */
    var count = 0
        private set

    val failed: List<String> get() = failures

    /** Runs a block whose failures name this case; an exception is one too. */
    fun case(name: String, block: () -> Unit) {
        where = name
        try {
            block()
        } catch (error: Exception) {
            fail("$error at ${error.stackTrace.take(4).joinToString(" < ")}")
        }
    }

    fun that(holds: Boolean, what: () -> String) {
        count++
        if (!holds) fail(what())
    }

    fun equal(expected: Any?, found: Any?, what: String) =
        that(expected == found) { "$what: expected ${shown(expected)}, found ${shown(found)}" }

    /** Absolute differences, as a part of the greatest absolute value expected (1 where that is less). */
    fun near(expected: List<Double>, found: List<Double>, tolerance: Double, what: String) {
        that(expected.size == found.size) { "$what: expected ${expected.size} values, found ${found.size}" }
        if (expected.size != found.size) return
        val scale = expected.filter { it.isFinite() }.maxOfOrNull { abs(it) }?.coerceAtLeast(1.0) ?: 1.0
        val worst = expected.indices.maxByOrNull { difference(expected[it], found[it]) } ?: return
        val error = difference(expected[worst], found[worst]) / scale
        that(error <= tolerance) {
            "$what: at $worst expected ${expected[worst]}, found ${found[worst]}: $error of the scale, $tolerance is allowed"
        }
    }

    fun near(expected: Double, found: Double, tolerance: Double, what: String) =
        near(listOf(expected), listOf(found), tolerance, what)

    /** The block raises this error, with all of these words in its message. */
    inline fun <reified E : EdgeRnnError> raises(vararg words: String, block: () -> Unit) {
        try {
            block()
        } catch (error: EdgeRnnError) {
            that(error is E && words.all { it in error.message.orEmpty() }) {
                "expected ${E::class.java.simpleName} with ${words.toList()}, found $error"
            }
            return
        }
        that(false) { "expected ${E::class.java.simpleName} with ${words.toList()}, and nothing was raised" }
    }

    private fun difference(one: Double, other: Double): Double =
        if (one == other || (one.isNaN() && other.isNaN())) 0.0 else abs(one - other).let { if (it.isNaN()) Double.MAX_VALUE else it }

    private fun fail(what: String) {
        failures += "$where: $what"
    }

    private fun shown(value: Any?): String = value.toString().let { if (it.length > 300) it.take(300) + "..." else it }
}
