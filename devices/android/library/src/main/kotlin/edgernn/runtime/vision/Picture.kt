package edgernn.runtime.vision

import edgernn.runtime.InputError

private const val MOST_PIXELS = 205_000_000L
private const val WHITE = 255

/**
 * Decoded pixels, row by row, upright.
 *
 * @property values a byte a channel, `height * width * channels`
 * @property channels 1 (grey), 3 (RGB) or 4 (RGBA, not premultiplied)
 * @throws InputError the sizes do not fit, or there is nothing in it
 */
class Picture(val values: ByteArray, val height: Int, val width: Int, val channels: Int = 3) {
    init {
        if (height < 1 || width < 1 || height.toLong() * width > MOST_PIXELS) {
            throw InputError("picture: $width x $height pixels: it is empty, or has too many")
        }
        if (channels !in listOf(1, 3, 4) || values.size.toLong() != height.toLong() * width * channels) {
            throw InputError(
                "picture: ${values.size} bytes for $width x $height pixels of $channels channels: " +
                    "expected 1, 3 (RGB) or 4 (RGBA) bytes a pixel",
            )
        }
    }

    /** In three channels, what is transparent blended with white. */
    internal fun rgb(): Picture {
        if (channels == 3) return this
        val found = ByteArray(height * width * 3)
        for (pixel in 0 until height * width) {
            for (channel in 0 until 3) {
                found[pixel * 3 + channel] = if (channels == 1) values[pixel] else blended(pixel, channel).toByte()
            }
        }
        return Picture(found, height, width)
    }

    private fun blended(pixel: Int, channel: Int): Int {
        val alpha = values[pixel * 4 + 3].toInt() and 0xFF
        val colour = values[pixel * 4 + channel].toInt() and 0xFF
        return (colour * alpha + WHITE * (WHITE - alpha) + WHITE / 2) / WHITE
    }

    companion object {
        /** Pixels as Android's `Bitmap.getPixels` gives them: 0xAARRGGBB, not premultiplied. */
        @JvmStatic
        fun ofArgb(pixels: IntArray, height: Int, width: Int): Picture {
            val found = ByteArray(pixels.size * 4)
            pixels.forEachIndexed { n, pixel ->
                found[4 * n] = (pixel shr 16).toByte()
                found[4 * n + 1] = (pixel shr 8).toByte()
                found[4 * n + 2] = pixel.toByte()
                found[4 * n + 3] = (pixel ushr 24).toByte()
            }
            return Picture(found, height, width, 4)
        }
    }
}
