package edgernn.sample

import android.app.Application
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.viewModelScope
import edgernn.runtime.EdgeRnnError
import edgernn.runtime.Model
import edgernn.runtime.SelftestReport
import edgernn.runtime.bundle.Bundle
import edgernn.runtime.litert.LiteRtAndroid
import edgernn.runtime.load
import edgernn.runtime.selftest
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** Where `edgernn export-app` puts the bundle. */
private const val ASSET = "model.tflite"

/** What is known of the bundle. */
sealed interface BundleState {
    data object Opening : BundleState

    data class Refused(val reason: String) : BundleState

    /** @property millis that opening it took */
    data class Open(val model: Model, val report: SelftestReport, val millis: Long) : BundleState
}

/** Opens the bundle once, away from the main thread, and closes it with the app. */
class BundleViewModel(application: Application) : AndroidViewModel(application) {
    var state: BundleState by mutableStateOf(BundleState.Opening)
        private set

    init {
        viewModelScope.launch { state = withContext(Dispatchers.Default) { opened() } }
    }

    override fun onCleared() {
        (state as? BundleState.Open)?.model?.close()
    }

    private fun opened(): BundleState = try {
        val start = System.nanoTime()
        val data = getApplication<Application>().assets.open(ASSET).use { it.readBytes() }
        val model = load(Bundle.of(data, ASSET), LiteRtAndroid.engine(getApplication<Application>().cacheDir))
        val millis = (System.nanoTime() - start) / 1_000_000
        BundleState.Open(model, selftest(model), millis)
    } catch (error: EdgeRnnError) {
        BundleState.Refused(error.message.orEmpty())
    } catch (error: IOException) {
        BundleState.Refused("$ASSET: not among the app's assets: put a bundle there (edgernn export-app does)")
    }
}
