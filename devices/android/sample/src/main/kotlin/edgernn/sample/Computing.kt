package edgernn.sample

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import edgernn.runtime.EdgeRnnError
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** What was computed, and how long that took. */
data class Answer<T>(val value: T, val millis: Double)

/** A text field over the whole width. */
@Composable
fun InputField(text: String, label: String, onChange: (String) -> Unit) =
    OutlinedTextField(text, onChange, Modifier.fillMaxWidth(), label = { Text(label) }, minLines = 2)

/**
 * Computes away from the main thread whenever the input changes, shows the answer, and how long it took; an error is shown
 * as its one line.
 */
@Composable
fun <I, T> Computed(input: I, compute: (I) -> T, show: @Composable (T) -> Unit) {
    var answer by remember { mutableStateOf<Answer<T>?>(null) }
    var error by remember { mutableStateOf("") }
    LaunchedEffect(input) {
        try {
            answer = withContext(Dispatchers.Default) {
                val start = System.nanoTime()
                Answer(compute(input), (System.nanoTime() - start) / 1e6)
            }
            error = ""
        } catch (refusal: EdgeRnnError) {
            error = refusal.message.orEmpty()
        }
    }
    if (error.isNotEmpty()) return Text(error, color = MaterialTheme.colorScheme.error)
    answer?.let {
        show(it.value)
        Text("%.1f ms".format(it.millis), style = MaterialTheme.typography.labelSmall)
    }
}
