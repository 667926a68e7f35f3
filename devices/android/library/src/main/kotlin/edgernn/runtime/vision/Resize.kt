package edgernn.runtime.vision

import edgernn.runtime.FloatTensor
import edgernn.runtime.spec.PictureSpec
import kotlin.math.floor

/*
 * Changes a picture's size as PictureSpec says, in whole numbers throughout, so that every device gives the same pixels.
 */

private const val ONE = 256

/** The picture in the size that a model reads: RGB. */
internal fun fitted(picture: Picture, spec: PictureSpec): Picture {
    var found = picture.rgb()
    repeat(halvings(picture.width, picture.height, spec)) { found = halved(found) }
    return when (spec.fit) {
        "crop" -> resized(cropped(found, spec), spec.size, spec.size)
        "pad" -> padded(found, spec.size)
        else -> resized(found, spec.size, spec.size)
    }
}

/** The values that a model reads, float32 [1, size, size, 3]: (value - mean) / scale, in 64 bits and rounded once. */
internal fun modelInput(picture: Picture, spec: PictureSpec): FloatTensor {
    val table = FloatArray(256) { ((it - spec.mean) / spec.scale).toFloat() }
    val values = FloatArray(picture.values.size) { place ->
        val own = if (spec.order == "rgb") place else place - place % 3 + (2 - place % 3)
        table[picture.values[own].toInt() and 0xFF]
    }
    return FloatTensor(values, listOf(1, picture.height, picture.width, 3))
}

/** How many times a picture is halved before its last, bilinear step. */
internal fun halvings(width: Int, height: Int, spec: PictureSpec): Int {
    val shorter = minOf(width, height)
    val side = when (spec.fit) {
        "stretch" -> shorter
        "crop" -> kept(width, height, spec)
        else -> maxOf(width, height)
    }
    var count = 0
    while (side shr (count + 1) >= spec.size && shorter shr (count + 1) >= 1) count++
    return count
}

private fun kept(width: Int, height: Int, spec: PictureSpec): Int = maxOf(1, (minOf(width, height) * spec.keep).toInt())

/** Each 2 x 2 block becomes its mean, a half rounded up; an odd last row or column is left out. */
private fun halved(picture: Picture): Picture {
    val height = picture.height / 2
    val width = picture.width / 2
    val found = ByteArray(height * width * 3)
    for (row in 0 until height) {
        for (column in 0 until width) {
            val first = (2 * row * picture.width + 2 * column) * 3
            for (channel in 0 until 3) {
                val place = first + channel
                val below = place + picture.width * 3
                val sum = picture.at(place) + picture.at(place + 3) + picture.at(below) + picture.at(below + 3)
                found[(row * width + column) * 3 + channel] = ((sum + 2) shr 2).toByte()
            }
        }
    }
    return Picture(found, height, width)
}

private fun cropped(picture: Picture, spec: PictureSpec): Picture {
    val side = kept(picture.width, picture.height, spec)
    val top = (picture.height - side) / 2
    val left = (picture.width - side) / 2
    val found = ByteArray(side * side * 3)
    for (row in 0 until side) {
        System.arraycopy(picture.values, ((top + row) * picture.width + left) * 3, found, row * side * 3, side * 3)
    }
    return Picture(found, side, side)
}

/** The whole picture in the middle of a white square. */
private fun padded(picture: Picture, size: Int): Picture {
    val longer = maxOf(picture.width, picture.height)
    // Rounded to the nearest, a half up.
    fun scaled(side: Int) = maxOf(1, ((2L * side * size + longer) / (2 * longer)).toInt())
    val small = resized(picture, scaled(picture.width), scaled(picture.height))
    val top = (size - small.height) / 2
    val left = (size - small.width) / 2
    val found = ByteArray(size * size * 3) { -1 }
    for (row in 0 until small.height) {
        System.arraycopy(small.values, row * small.width * 3, found, ((top + row) * size + left) * 3, small.width * 3)
    }
    return Picture(found, size, size)
}

/** Which two pixels make one, and the second one's weight in 256ths. */
private class Axis(from: Int, to: Int) {
    val first = IntArray(to)
    val second = IntArray(to)
    val weight = IntArray(to)

    init {
        val scale = from.toDouble() / to
        for (place in 0 until to) {
            val exact = scale * (place + 0.5) - 0.5
            val whole = floor(exact).toInt()
            first[place] = whole.coerceIn(0, from - 1)
            second[place] = (whole + 1).coerceIn(0, from - 1)
            weight[place] = if (whole < 0 || whole >= from - 1) 0 else Math.rint((exact - whole) * ONE).toInt()
        }
    }
}

/** The bilinear step in fixed point, as OpenCV's INTER_LINEAR_EXACT. */
private fun resized(picture: Picture, width: Int, height: Int): Picture {
    if (picture.width == width && picture.height == height) return picture
    val across = Axis(picture.width, width)
    val down = Axis(picture.height, height)
    val rows = IntArray(picture.height * width * 3)
    for (row in 0 until picture.height) {
        for (column in 0 until width) {
            for (channel in 0 until 3) {
                val one = picture.at((row * picture.width + across.first[column]) * 3 + channel)
                val other = picture.at((row * picture.width + across.second[column]) * 3 + channel)
                val weight = across.weight[column]
                rows[(row * width + column) * 3 + channel] = (ONE - weight) * one + weight * other
            }
        }
    }
    val found = ByteArray(height * width * 3)
    for (place in found.indices) {
        val row = place / (width * 3)
        val rest = place % (width * 3)
        val weight = down.weight[row]
        val sum = (ONE - weight) * rows[down.first[row] * width * 3 + rest] + weight * rows[down.second[row] * width * 3 + rest]
        found[place] = ((sum + ONE * ONE / 2) shr 16).toByte()
    }
    return Picture(found, height, width)
}

private fun Picture.at(place: Int): Int = values[place].toInt() and 0xFF
