package edgernn.runtime.bundle

import edgernn.runtime.BundleError
import edgernn.runtime.json.Json
import edgernn.runtime.json.JsonError
import edgernn.runtime.spec.FileSpec
import edgernn.runtime.spec.MANIFEST_NAME
import edgernn.runtime.spec.Manifest
import edgernn.runtime.spec.parseManifest
import edgernn.runtime.spec.refuseNewer
import java.io.File
import java.io.IOException

/**
 * A bundle in memory, checked.
 *
 * @property where it was read from, for messages
 * @property content the whole file: the TFLite model, and behind it the archive, which TFLite does not look at
 * @property manifest its declaration
 * @property assets content by name
 */
class Bundle private constructor(
    val where: String,
    val content: ByteArray,
    val manifest: Manifest,
    val assets: Map<String, ByteArray>,
) {
    /** SHA-256 of the whole file. */
    val sha256: String by lazy { sha256(content) }

    /** Content of an asset that the manifest names. */
    internal fun asset(name: String): ByteArray = assets.getValue(name)

    companion object {
        /**
         * Reads a file once and checks all of it.
         *
         * @throws BundleError not there, not a bundle, damaged, not valid, or in a newer format
         */
        @JvmStatic
        fun read(file: File): Bundle {
            val data = try {
                if (file.isDirectory) throw BundleError("$file: is a folder, not a bundle (convert it first: edgernn convert)")
                file.readBytes()
            } catch (error: IOException) {
                throw BundleError(if (file.exists()) "$file: cannot be read: ${error.message}" else "$file: no such file", error)
            }
            return of(data, file.path)
        }

        /**
         * Checks a bundle's bytes (an Android asset, a download).
         *
         * @param data the whole file; it is kept, and must not change
         * @param where it comes from, for messages
         * @throws BundleError not a bundle, damaged, not valid, or in a newer format
         */
        @JvmStatic
        fun of(data: ByteArray, where: String): Bundle {
            val archive = try {
                Archive(data)
            } catch (error: ArchiveError) {
                throw BundleError(
                    "$where: not an EdgeRNN bundle, or damaged (no archive at its end): make one with edgernn convert",
                    error,
                )
            }
            val document = documentOf(archive, where)
            // The version comes first: a newer format may be sealed in another way.
            refuseNewer(document, where)
            val claimed = modelSize(document)
            val digest = checkSeal(data, where, claimed.coerceAtMost(data.size.toLong()).toInt())
            val manifest = parseManifest(document, where)
            if (manifest.model != FileSpec(claimed, digest) || claimed > data.size) throw mismatch("the model", where)
            return Bundle(where, data, manifest, assetsOf(archive, manifest, where))
        }

        /** What a manifest that is not yet checked says; 0 where that makes no sense. */
        private fun modelSize(document: Any?): Long =
            (((document as? Map<*, *>)?.get("model") as? Map<*, *>)?.get("size") as? Long)?.coerceAtLeast(0) ?: 0

        private fun documentOf(archive: Archive, where: String): Any? = try {
            Json.parse(unpacked(archive, MANIFEST_NAME, where))
        } catch (error: JsonError) {
            throw BundleError("$where: damaged ($MANIFEST_NAME is not JSON)", error)
        }

        private fun unpacked(archive: Archive, name: String, where: String): ByteArray = try {
            archive.read(name)
        } catch (error: ArchiveError) {
            throw BundleError("$where: damaged (${error.message}): copy it again, or convert again", error)
        }

        private fun assetsOf(archive: Archive, manifest: Manifest, where: String): Map<String, ByteArray> {
            val names = archive.names.sorted()
            val expected = (manifest.assets.keys + MANIFEST_NAME).sorted()
            if (names != expected) {
                throw BundleError(
                    "$where: archive holds ${names.joinToString()}; the manifest names ${expected.joinToString()}",
                )
            }
            return manifest.assets.mapValues { (name, spec) ->
                val data = unpacked(archive, name, where)
                if (FileSpec(data.size.toLong(), sha256(data)) != spec) throw mismatch(name, where)
                data
            }
        }

        private fun mismatch(what: String, where: String) =
            BundleError("$where: damaged (SHA-256 of $what does not match): copy it again, or convert again")
    }
}
