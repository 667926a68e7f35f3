package edgernn.sample

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import edgernn.runtime.tasks.Forecast
import edgernn.runtime.tasks.Forecaster

private const val LINE = 4f

/** Numbers in, a chart out: the history, the middle of the forecast and its range. */
@Composable
fun ForecastScreen(model: Forecaster) {
    var text by rememberSaveable { mutableStateOf("") }
    InputField(text, "Values, the oldest first") { text = it }
    val history = text.split(Regex("[\\s,;]+")).filter { it.isNotEmpty() }.map { it.toDoubleOrNull() ?: Double.NaN }
    if (history.isEmpty()) return Text("Type or paste some numbers.")
    Computed(history, { model.forecast(it.toDoubleArray()) }) { found ->
        Chart(history, found)
        Text(found.mean.joinToString { "%.2f".format(it) })
        found.flags.forEach { Text(it, style = MaterialTheme.typography.bodySmall) }
    }
}

@Composable
private fun Chart(history: List<Double>, forecast: Forecast) {
    val past = MaterialTheme.colorScheme.onSurface
    val ahead = MaterialTheme.colorScheme.primary
    val described = "Chart of ${history.size} values and ${forecast.mean.size} forecast steps"
    Canvas(Modifier.fillMaxWidth().height(200.dp).semantics { contentDescription = described }) {
        val known = history.filter { it.isFinite() } + forecast.lower.toList() + forecast.upper.toList()
        val low = known.min()
        val span = (known.max() - low).takeIf { it > 0 } ?: 1.0
        val count = history.size + forecast.mean.size
        fun at(step: Int, value: Double) = Offset(
            size.width * step / (count - 1),
            (size.height * (1 - (value - low) / span)).toFloat(),
        )
        val places = forecast.mean.indices
        val range = places.map { at(history.size + it, forecast.upper[it]) } +
            places.reversed().map { at(history.size + it, forecast.lower[it]) }
        drawPath(pathOf(range).apply { close() }, ahead.copy(alpha = 0.25f))
        line(history.indices.filter { history[it].isFinite() }.map { at(it, history[it]) }, past)
        line(places.map { at(history.size + it, forecast.mean[it]) }, ahead)
    }
}

private fun DrawScope.line(points: List<Offset>, colour: Color) = drawPath(pathOf(points), colour, style = Stroke(LINE))

private fun pathOf(points: List<Offset>): Path = Path().apply {
    points.forEachIndexed { n, point -> if (n == 0) moveTo(point.x, point.y) else lineTo(point.x, point.y) }
}
