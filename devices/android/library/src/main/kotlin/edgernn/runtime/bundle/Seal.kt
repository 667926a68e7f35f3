package edgernn.runtime.bundle

import edgernn.runtime.BundleError
import java.security.MessageDigest

private val PREFIX = "EdgeRNN sha256=".toByteArray(Charsets.US_ASCII)
private const val DIGITS = 64

/**
 * The seal: the archive's comment holds the SHA-256 of every byte before it, so that no bit changes unnoticed.
 *
 * @param where the file lies, for the message
 * @param head bytes at the file's beginning whose hash is wanted too: a large file is read once and not twice
 * @return SHA-256 of the head
 * @throws BundleError the file is not exactly as it was written
 */
internal fun checkSeal(data: ByteArray, where: String, head: Int): String {
    val end = data.size - PREFIX.size - DIGITS
    if (end < 0 || !PREFIX.indices.all { data[end + it] == PREFIX[it] }) {
        throw BundleError("$where: damaged or cut short (its end is missing): copy it again, or convert again")
    }
    val running = MessageDigest.getInstance("SHA-256")
    val first = minOf(head, end)
    running.update(data, 0, first)
    val digest = hexadecimal((running.clone() as MessageDigest).digest())
    running.update(data, first, end - first)
    val wanted = String(data, end + PREFIX.size, DIGITS, Charsets.ISO_8859_1)
    if (wanted != hexadecimal(running.digest())) {
        throw BundleError("$where: damaged (its SHA-256 does not match): copy it again, or convert again")
    }
    return digest
}

/** SHA-256 of bytes, 64 lower-case hexadecimal digits. */
internal fun sha256(data: ByteArray): String = hexadecimal(MessageDigest.getInstance("SHA-256").digest(data))

private fun hexadecimal(digest: ByteArray): String =
    digest.joinToString("") { ((it.toInt() and 0xFF) + 0x100).toString(16).substring(1) }
