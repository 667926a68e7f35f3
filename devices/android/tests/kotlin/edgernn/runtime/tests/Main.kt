package edgernn.runtime.tests

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
    var failed = 0
    var count = 0
    for (name in wanted) {
        val checks = Checks()
        checks.case(name) { SUITES.getValue(name)(all, checks) }
        println("%-12s %5d checks, %d failed".format(name, checks.count, checks.failed.size))
        checks.failed.take(SHOWN).forEach { println("  $it") }
        failed += checks.failed.size
        count += checks.count
    }
    val unread = vectors.list { _, name -> name.endsWith(".json") }!!.map { it.removeSuffix(".json") } - SUITES.keys
    if (unread.isNotEmpty()) println("no suite reads $unread")
    println("$count checks, $failed failed")
    exitProcess(if (failed > 0 || unread.isNotEmpty()) 1 else 0)
}
