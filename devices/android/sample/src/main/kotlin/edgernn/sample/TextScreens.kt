package edgernn.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.AssistChip
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.unit.dp
import edgernn.runtime.lm.Suggestion
import edgernn.runtime.tag.Tagging
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.tasks.SequenceTagger
import edgernn.runtime.tasks.TextClassifier
import edgernn.runtime.tasks.Translator

private const val SHOWN = 5
private const val SUGGESTIONS = 3
private val COLOURS = listOf(0xFFB3E5FC, 0xFFFFE0B2, 0xFFC8E6C9, 0xFFE1BEE7, 0xFFFFCDD2).map { Color(it) }

@Composable
fun ClassifyScreen(model: TextClassifier) {
    var text by rememberSaveable { mutableStateOf("") }
    InputField(text, "Text") { text = it }
    Computed(text, model::classify) { found ->
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            for (one in found.take(SHOWN)) {
                Text("${one.label}: %.1f %%".format(100 * one.score))
                LinearProgressIndicator(progress = { one.score.toFloat() }, Modifier.fillMaxWidth())
            }
        }
    }
}

/** Type and see the next word; a tap writes it. */
@Composable
fun KeyboardScreen(model: LanguageModel) {
    var text by rememberSaveable { mutableStateOf("") }
    InputField(text, "Type") { text = it }
    Computed(text, { model.nextTokens(it, SUGGESTIONS) }) { found ->
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            found.forEach { one -> AssistChip(onClick = { text = written(text, one) }, label = { Text(one.text) }) }
        }
    }
}

/** The text with a suggestion in it. */
private fun written(text: String, suggestion: Suggestion): String {
    // What is being typed is the beginning of what completes it.
    val typed = if (suggestion.completes) suggestion.text.length downTo 1 else IntRange.EMPTY
    val before = text.dropLast(typed.firstOrNull { text.endsWith(suggestion.text.take(it)) } ?: 0)
    val blank = if (before.isEmpty() || before.last().isWhitespace()) "" else " "
    return before + blank + suggestion.text + " "
}

/** Entities marked in the text. */
@Composable
fun TagScreen(model: SequenceTagger) {
    var text by rememberSaveable { mutableStateOf("") }
    InputField(text, "Text") { text = it }
    Computed(text, { given: String -> model.tag(given) }) { found ->
        Text(marked(found))
        for (one in found.entities) {
            Text("${one.label}: ${one.text} (%.0f %%)".format(100 * one.score), style = MaterialTheme.typography.bodySmall)
        }
    }
}

private fun marked(tagging: Tagging): AnnotatedString = buildAnnotatedString {
    append(tagging.text)
    val labels = tagging.entities.map { it.label }.distinct().sorted()
    for (entity in tagging.entities) {
        val colour = COLOURS[labels.indexOf(entity.label) % COLOURS.size]
        addStyle(SpanStyle(background = colour, color = Color.Black), entity.start, entity.end)
    }
}

@Composable
fun TranslateScreen(model: Translator) {
    var text by rememberSaveable { mutableStateOf("") }
    InputField(text, "Text (${model.task.sourceLanguage})") { text = it }
    Computed(text, { model.translate(it).first().text }) { Text(it, style = MaterialTheme.typography.bodyLarge) }
}
