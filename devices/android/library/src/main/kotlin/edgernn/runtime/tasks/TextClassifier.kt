package edgernn.runtime.tasks

import edgernn.runtime.BundleError
import edgernn.runtime.IntTensor
import edgernn.runtime.Model
import edgernn.runtime.Tensor
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.engine.Engine
import edgernn.runtime.engine.EngineOptions
import edgernn.runtime.floats
import edgernn.runtime.json.utf8
import edgernn.runtime.spec.ClassifySpec
import edgernn.runtime.text.Tokenizer
import edgernn.runtime.text.cleanText

/** A label and its probability, 0 to 1. */
data class Category(val label: String, val score: Double)

/** Puts texts into categories. */
class TextClassifier internal constructor(
    bundle: Bundle,
    val task: ClassifySpec,
    engine: Engine,
    options: EngineOptions,
) : Model(bundle, engine, options) {
    /** The labels, in the order of the model's output. */
    val labels: List<String> = readLabels(bundle.asset(task.labels), bundle.where)

    private val tokenizer = Tokenizer(bundle.asset(task.text.tokenizer))

    init {
        val found = manifest.outputs.firstOrNull { it.name == task.output && it.shape.size == 2 }
            ?: throw BundleError("${bundle.where}: its model has no output '${task.output}' of shape [1, labels]")
        if (found.shape.last() != labels.size) {
            throw BundleError("${bundle.where}: ${labels.size} labels for ${found.shape.last()} outputs")
        }
    }

    /**
     * Every label with its probability, the most probable first.
     *
     * @param text what exceeds the bundle's `maxChars` or its tokenizer's greatest length is not read
     */
    fun classify(text: String): List<Category> {
        val found = probabilities(text)
        // A stable sort: equal probabilities keep the labels' order, on every machine.
        return labels.indices.sortedByDescending { found[it] }.map { Category(labels[it], found[it].toDouble()) }
    }

    /** As [classify], for each of many texts. */
    fun classifyMany(texts: List<String>): List<List<Category>> = texts.map(::classify)

    /** The model's input for a text: token ids, int32 [1, length]. */
    fun encode(text: String): Map<String, Tensor> {
        val ids = tokenizer.encode(cleanText(text, task.text.maxChars))
        return mapOf(task.text.input to IntTensor(ids, listOf(1, ids.size)))
    }

    /** One probability a label, in the order of [labels]. */
    fun probabilities(text: String): FloatArray = run(encode(text)).getValue(task.output).floats()
}

/** One label a line: two or more, each once, none empty. */
private fun readLabels(data: ByteArray, where: String): List<String> {
    val text = utf8(data) ?: throw BundleError("$where: its labels are not UTF-8")
    val labels = text.trimEnd('\n').split("\n")
    if (labels.size < 2 || labels.toSet().size < labels.size || labels.any { it.isEmpty() }) {
        throw BundleError("$where: its labels must be two or more, each once, none empty")
    }
    return labels
}
