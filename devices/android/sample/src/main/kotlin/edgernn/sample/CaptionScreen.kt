package edgernn.sample

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.platform.LocalContext
import edgernn.runtime.InputError
import edgernn.runtime.tasks.ImageCaptioner
import edgernn.runtime.vision.Picture
import java.io.IOException

/** A greater picture only takes more memory: models see a few hundred pixels. */
private const val MOST_SIDE = 2048

/** Choose a picture and read what is in it. */
@Composable
fun CaptionScreen(model: ImageCaptioner) {
    val resolver = LocalContext.current.contentResolver
    var chosen by remember { mutableStateOf<Uri?>(null) }
    val picker = rememberLauncherForActivityResult(ActivityResultContracts.PickVisualMedia()) { chosen = it ?: chosen }
    Button(onClick = { picker.launch(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageOnly)) }) {
        Text("Choose a picture")
    }
    val uri = chosen ?: return
    val describe = { picture: Uri ->
        val bitmap = decoded(resolver, picture)
        bitmap to model.caption(pictureOf(bitmap)).first().text
    }
    Computed(uri, describe) { (bitmap, caption) ->
        Image(bitmap.asImageBitmap(), contentDescription = caption, Modifier.fillMaxWidth())
        Text(caption, style = MaterialTheme.typography.titleMedium)
    }
}

/** The picture, upright, in memory that can be read. */
private fun decoded(resolver: ContentResolver, uri: Uri): Bitmap = try {
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, info, _ ->
        decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
        val longer = maxOf(info.size.width, info.size.height)
        if (longer > MOST_SIDE) decoder.setTargetSampleSize((longer + MOST_SIDE - 1) / MOST_SIDE)
    }
} catch (error: IOException) {
    throw InputError("the picture cannot be read: ${error.message}", error)
}

private fun pictureOf(bitmap: Bitmap): Picture {
    val pixels = IntArray(bitmap.width * bitmap.height)
    bitmap.getPixels(pixels, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height)
    return Picture.ofArgb(pixels, bitmap.height, bitmap.width)
}
