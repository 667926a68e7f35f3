package edgernn.runtime.tag

import edgernn.runtime.BundleError
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import edgernn.runtime.json.utf8
import edgernn.runtime.spec.ColumnSpec
import edgernn.runtime.spec.TagSpec

/**
 * Everything that stands between words and labels, but the network.
 *
 * @property abbreviations words that keep the period behind them
 */
internal class Assets(private val bundle: Bundle, task: TagSpec) {
    val features = Features(task, lines(task.words.list), task.characters?.let { text(it.list) }.orEmpty())
    val columns: List<Column> = task.columns.map(::column)
    val abbreviations: Set<String> = if (task.abbreviations.isEmpty()) emptySet() else lines(task.abbreviations).toSet()

    private fun column(spec: ColumnSpec): Column {
        val labels = lines(spec.labels)
        if (labels.any { it.isEmpty() } || labels.toSet().size < labels.size) {
            throw BundleError("${bundle.where}: ${spec.labels}: labels must be one or more, each once, none empty")
        }
        val crf = if (spec.crf.isEmpty()) Crf.independent(labels.size) else crf(spec.crf, labels.size)
        return Column(spec, labels, crf)
    }

    private fun crf(name: String, labels: Int): Crf {
        fun refuse(error: Exception?): Nothing =
            throw BundleError("${bundle.where}: $name: expected finite numbers for $labels labels", error)
        fun row(value: Any?): DoubleArray {
            val found = (value as List<*>).map { (it as Number).toDouble() }.toDoubleArray()
            if (found.size != labels || found.any { !it.isFinite() }) refuse(null)
            return found
        }
        return try {
            val document = Json.parse(bundle.asset(name)) as Map<*, *>
            val transitions = (document["transitions"] as List<*>).map(::row)
            if (transitions.size != labels) refuse(null)
            Crf(transitions, row(document["start"]), row(document["end"]))
        } catch (error: JsonError) {
            refuse(error)
        } catch (error: ClassCastException) {
            refuse(error)
        } catch (error: NullPointerException) {
            refuse(error)
        }
    }

    private fun lines(name: String): List<String> = text(name).removeSuffix("\n").split("\n")

    private fun text(name: String): String =
        utf8(bundle.asset(name)) ?: throw BundleError("${bundle.where}: $name is not UTF-8")
}
