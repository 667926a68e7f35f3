package edgernn.runtime.tests

import edgernn.runtime.DType
import edgernn.runtime.IntTensor
import edgernn.runtime.Model
import edgernn.runtime.RandomTensor
import edgernn.runtime.Tensor
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.json.Json
import edgernn.runtime.load
import java.io.File

private const val FORMAT = 1L

/** An object of a vector's JSON. */
internal typealias Item = Map<*, *>

/**
 * The conformance vectors and the bundles that they speak of.
 *
 * @property engine that runs the bundles
 */
internal class Vectors(private val vectors: File, private val bundles: File, val engine: Engine) {
    private val models = HashMap<String, Model>()

    /** A file of vectors. */
    fun document(name: String): Item {
        val found = Json.parse(vectors.resolve("$name.json").readBytes()) as Item
        check(found["format"] == FORMAT) { "$name.json: format ${found["format"]}: these tests read $FORMAT" }
        return found
    }

    /** Names of the bundles. */
    fun names(): List<String> = bundles.list { _, name -> name.endsWith(".tflite") }!!.map { it.removeSuffix(".tflite") }.sorted()

    fun file(name: String): File = bundles.resolve("$name.tflite")

    fun bundle(name: String): Bundle = Bundle.read(file(name))

    /** An open bundle; one for all cases. */
    fun model(name: String): Model = models.getOrPut(name) { fresh(name) }

    /** An open bundle of its own. */
    fun fresh(name: String): Model = load(file(name), engine)
}

internal fun Any?.item(): Item = this as Item

internal fun Any?.items(): List<Item> = (this as List<*>).map { it as Item }

internal fun Any?.int(): Int = (this as Long).toInt()

internal fun Any?.ints(): List<Int> = (this as List<*>).map { it.int() }

internal fun Any?.texts(): List<String> = (this as List<*>).map { it as String }

/** A number; null is not-a-number. */
internal fun Any?.number(): Double = when (this) {
    null -> Double.NaN
    "inf" -> Double.POSITIVE_INFINITY
    "-inf" -> Double.NEGATIVE_INFINITY
    else -> (this as Number).toDouble()
}

internal fun Any?.numbers(): List<Double> = (this as List<*>).map { it.number() }

/** A case's text: itself, or its UTF-16 units. */
internal fun Item.text(): String =
    this["text"] as String? ?: this["utf16"].ints().map { it.toChar() }.joinToString("")

/** A tensor by its seed. */
internal fun Any?.random(): Tensor {
    val spec = item()
    val bounds = spec["random"].item()
    val dtype = checkNotNull(DType.of(spec["dtype"] as String))
    return RandomTensor(dtype, spec["shape"].ints(), bounds["seed"] as Long, bounds["low"] as Long, bounds["high"] as Long).values()
}

internal fun Any?.randoms(): Map<String, Tensor> = item().entries.associate { it.key as String to it.value.random() }

/** All values as doubles. */
internal fun Tensor.doubles(): List<Double> = (0 until size).map { number(it) }

/** The rows of a tensor [rows, columns]. */
internal fun Tensor.floatRows(): List<FloatArray> {
    val width = shape.last()
    return List(size / width) { row -> FloatArray(width) { number(row * width + it).toFloat() } }
}

/** Whole numbers 0 to 255 as bytes. */
internal fun Tensor.bytes(): ByteArray = (this as IntTensor).values.let { all -> ByteArray(all.size) { all[it].toByte() } }

/** Code points [start, end) of a text as UTF-16 units. */
internal fun units(text: String, span: List<Int>): List<Int> = span.map { text.offsetByCodePoints(0, it) }

internal fun short(text: String): String = "'${text.take(30)}'"
