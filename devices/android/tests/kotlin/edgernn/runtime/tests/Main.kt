package edgernn.runtime.tests

import edgernn.runtime.litert.LiteRtAndroid
import edgernn.runtime.litert.LiteRtLibrary
import java.io.File
import kotlin.system.exitProcess

private val SUITES: Map<String, (Vectors, Checks) -> Unit> = mapOf(
    "random" to ::randomTests,
    "tensors" to ::tensorTests,
    "bundles" to ::bundleTests,
    "bad_bundles" to ::badBundleTests,
    "tokens" to ::tokenTests,
    "words" to ::wordTests,
    "crf" to ::crfTests,
    "pictures" to ::pictureTests,
    "series" to ::seriesTests,
    "steps" to ::stepTests,
    "sampling" to ::samplingTests,
    "beams" to ::beamTests,
    "stops" to ::stopTests,
    "classify" to ::classifyTests,
    "forecast" to ::forecastTests,
    "lm" to ::lmTests,
    "tag" to ::tagTests,
    "translate" to ::translateTests,
    "caption" to ::captionTests,
    "own" to ::ownTests,
)

/** Run once more through the adapter for Android, over a stand-in for its library. */
private val AGAIN = listOf("bundles", "steps", "classify", "forecast", "lm", "tag", "translate", "caption")
private const val SHOWN = 8

/**
 * Runs the conformance vectors, and what is tested beside them, against the real engine.
 *
 * Arguments: the folder of vectors, that of the bundles, `libLiteRt.so`, the shim; then names of suites, by default all.
 * Exit status 1 where something does not hold, or where there are vectors that no suite reads.
 */
fun main(arguments: Array<String>) {
    val (vectors, bundles, litert, shim) = arguments.map(::File)
    val wanted = arguments.drop(4).ifEmpty { SUITES.keys }
    val all = Vectors(vectors, bundles, LiteRtLibrary.engine(litert, shim))
    val android = Vectors(vectors, bundles, LiteRtAndroid.engine(File(System.getProperty("java.io.tmpdir"))))
    val checks = wanted.map { ran(it, all, "") } + wanted.filter { it in AGAIN }.map { ran(it, android, " (Android's adapter)") }
    val unread = vectors.list { _, name -> name.endsWith(".json") }!!.map { it.removeSuffix(".json") } - SUITES.keys
    if (unread.isNotEmpty()) println("no suite reads $unread")
    val failed = checks.sumOf { it.failed.size }
    println("${checks.sumOf { it.count }} checks, $failed failed")
    exitProcess(if (failed > 0 || unread.isNotEmpty()) 1 else 0)
}

private fun ran(name: String, vectors: Vectors, how: String): Checks {
    val checks = Checks()
    checks.case(name) { SUITES.getValue(name)(vectors, checks) }
    println("%-12s %5d checks, %d failed%s".format(name, checks.count, checks.failed.size, how))
    checks.failed.take(SHOWN).forEach { println("  $it") }
    return checks
}
