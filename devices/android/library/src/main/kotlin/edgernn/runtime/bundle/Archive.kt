package edgernn.runtime.bundle

import java.util.zip.CRC32
import java.util.zip.DataFormatException
import java.util.zip.Inflater

/** What is wrong with an archive. */
internal class ArchiveError(message: String) : Exception(message)

/** A hostile archive may claim any size: members larger than this are not unpacked. */
private const val MOST_MEMBER_BYTES = 256L * 1024 * 1024
private const val END_MARK = 0x06054b50L
private const val END_BYTES = 22
private const val DIRECTORY_MARK = 0x02014b50L
private const val DIRECTORY_BYTES = 46
private const val LOCAL_MARK = 0x04034b50L
private const val LOCAL_BYTES = 30
private const val STORED = 0
private const val DEFLATED = 8
private const val ENCRYPTED = 1
private const val LONGEST_COMMENT = 0xFFFF

/**
 * The zip archive at the end of a file in memory. Only what bundles hold is read: no encryption, no zip64, no parts.
 *
 * @param data the whole file
 * @throws ArchiveError there is no such archive
 */
internal class Archive(private val data: ByteArray) {
    private class Member(val flags: Int, val method: Int, val crc: Long, val packed: Long, val size: Long, val place: Long)

    private val members: List<Pair<String, Member>> = directory()

    /** Names in the directory's order; one may occur twice. */
    val names: List<String> get() = members.map { it.first }

    /**
     * A member's content, its checksum compared.
     *
     * @throws ArchiveError it is not there, too large, or damaged
     */
    fun read(name: String): ByteArray {
        // Of two members of one name the last counts, as in Python; the reader refuses such archives.
        val member = members.lastOrNull { it.first == name }?.second ?: throw ArchiveError("$name is missing")
        if (member.size > MOST_MEMBER_BYTES) throw ArchiveError("$name claims more than $MOST_MEMBER_BYTES bytes")
        val found = unpacked(member)
        if (found == null || found.size.toLong() != member.size || CRC32().apply { update(found) }.value != member.crc) {
            throw ArchiveError("$name cannot be unpacked")
        }
        return found
    }

    /** Null where it cannot be. */
    private fun unpacked(member: Member): ByteArray? {
        val start = contentOf(member)
        if (start == null || member.flags and ENCRYPTED != 0) return null
        return when (member.method) {
            STORED -> data.copyOfRange(start, start + member.packed.toInt())
            DEFLATED -> inflated(start, member)
            else -> null
        }
    }

    private fun directory(): List<Pair<String, Member>> {
        val end = endRecord()
        val count = short(end + 10)
        val size = int(end + 12)
        // Offsets count from where the archive begins, which need not be the file's beginning.
        val shift = end - size - int(end + 16)
        if (shift < 0 || short(end + 8) != count) throw ArchiveError("its directory is not where it should be")
        var place = end - size
        val found = ArrayList<Pair<String, Member>>()
        repeat(count) {
            need(place, DIRECTORY_BYTES, DIRECTORY_MARK)
            val name = short(place + 28)
            found += text(place + DIRECTORY_BYTES, name) to memberAt(place, shift)
            place += DIRECTORY_BYTES + name + short(place + 30) + short(place + 32)
        }
        if (place > end) throw ArchiveError("its directory is not where it should be")
        return found
    }

    private fun memberAt(place: Int, shift: Int) = Member(
        flags = short(place + 8),
        method = short(place + 10),
        crc = uint(place + 16),
        packed = uint(place + 20),
        size = uint(place + 24),
        place = uint(place + 42) + shift,
    )

    private fun endRecord(): Int {
        for (place in data.size - END_BYTES downTo maxOf(0, data.size - END_BYTES - LONGEST_COMMENT)) {
            if (uint(place) == END_MARK && place + END_BYTES + short(place + 20) == data.size) return place
        }
        throw ArchiveError("there is no archive at its end")
    }

    /** Where a member's bytes begin; null where they are not in the file. */
    private fun contentOf(member: Member): Int? {
        if (member.place > data.size - LOCAL_BYTES) return null
        val place = member.place.toInt()
        if (uint(place) != LOCAL_MARK) return null
        val start = place + LOCAL_BYTES + short(place + 26) + short(place + 28)
        return if (member.packed > data.size - start) null else start
    }

    private fun inflated(start: Int, member: Member): ByteArray? {
        val found = ByteArray(member.size.toInt())
        val inflater = Inflater(true)
        try {
            inflater.setInput(data, start, member.packed.toInt())
            var filled = 0
            while (filled < found.size) {
                val count = inflater.inflate(found, filled, found.size - filled)
                if (count == 0) return null
                filled += count
            }
            val isAll = inflater.finished() || inflater.inflate(ByteArray(1)) == 0
            return if (isAll) found else null
        } catch (_: DataFormatException) {
            return null
        } finally {
            inflater.end()
        }
    }

    private fun need(place: Int, size: Int, mark: Long) {
        if (place < 0 || place > data.size - size || uint(place) != mark) throw ArchiveError("its directory is damaged")
    }

    private fun text(start: Int, size: Int): String {
        if (size > data.size - start) throw ArchiveError("its directory is damaged")
        return String(data, start, size, Charsets.UTF_8)
    }

    private fun byte(place: Int): Int = data[place].toInt() and 0xFF

    private fun short(place: Int): Int = byte(place) or (byte(place + 1) shl 8)

    private fun uint(place: Int): Long = short(place).toLong() or (short(place + 2).toLong() shl 16)

    private fun int(place: Int): Int {
        val found = uint(place)
        if (found > Int.MAX_VALUE) throw ArchiveError("it claims more than two gigabytes")
        return found.toInt()
    }
}
