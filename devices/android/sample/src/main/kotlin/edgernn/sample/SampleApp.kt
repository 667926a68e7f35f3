package edgernn.sample

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import edgernn.runtime.Model
import edgernn.runtime.tasks.Forecaster
import edgernn.runtime.tasks.ImageCaptioner
import edgernn.runtime.tasks.LanguageModel
import edgernn.runtime.tasks.SequenceTagger
import edgernn.runtime.tasks.TextClassifier
import edgernn.runtime.tasks.Translator

@Composable
fun SampleApp(bundle: BundleViewModel) {
    MaterialTheme(colorScheme = if (isSystemInDarkTheme()) darkColorScheme() else lightColorScheme()) {
        Scaffold { inner ->
            Column(
                modifier = Modifier.fillMaxSize().padding(inner).imePadding().padding(16.dp).verticalScroll(rememberScrollState()),
                verticalArrangement = Arrangement.spacedBy(16.dp),
            ) {
                when (val state = bundle.state) {
                    BundleState.Opening -> CircularProgressIndicator()
                    is BundleState.Refused -> Text(state.reason, color = MaterialTheme.colorScheme.error)
                    is BundleState.Open -> {
                        TaskScreen(state.model)
                        Facts(state)
                    }
                }
            }
        }
    }
}

/** The screen of the bundle's task. */
@Composable
private fun TaskScreen(model: Model) = when (model) {
    is TextClassifier -> ClassifyScreen(model)
    is LanguageModel -> KeyboardScreen(model)
    is SequenceTagger -> TagScreen(model)
    is Translator -> TranslateScreen(model)
    is Forecaster -> ForecastScreen(model)
    is ImageCaptioner -> CaptionScreen(model)
    else -> Text("This bundle has no task: its model takes ${model.manifest.inputs} and gives ${model.manifest.outputs}.")
}

/** What the bundle is, and whether this device computes what the workstation computed. */
@Composable
private fun Facts(state: BundleState.Open) {
    val manifest = state.model.manifest
    val report = state.report
    val lines = listOfNotNull(
        "Task: ${manifest.task.name}, ${manifest.quantization.recipe}, ${state.model.bundle.content.size / 1024} kB",
        "Engine: ${state.model.engine}, opened in ${state.millis} ms",
        "Self-test: ${if (report.passed) "passed" else "FAILED"}, ${report.vectors} vectors, greatest error ${report.maxError}",
        manifest.data?.let { "Data: ${it.name}, licence ${it.licence}. ${it.credit}" },
    ) + report.failures
    Column { lines.forEach { Text(it, style = MaterialTheme.typography.bodySmall) } }
}
