import CZlib

/// What is wrong with an archive; the bundle's reader says it with the file's name.
enum ZipFault: Error {
    case notAnArchive
    case missing
    case tooLarge
    case damaged
}

/// The zip archive at the end of a file: stored and deflated members, each checked by its CRC when it is read.
struct ZipArchive {
    /// Where a member's bytes are.
    private struct Member {
        let name: Scalars
        let method: Int
        let encrypted: Bool
        let crc: UInt32
        let packed: Int
        let size: Int
        let header: Int
    }

    private static let endRecord: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let endRecordBytes = 22
    private static let greatestComment = 65_535

    private let data: [UInt8]
    private var members: [Member] = []

    /// Names of all members, as often as they occur.
    var names: [Scalars] { members.map(\.name) }

    /// Reads the directory.
    init(_ data: [UInt8]) throws {
        self.data = data
        guard let end = Self.placeOfEnd(data) else { throw ZipFault.notAnArchive }
        let count = data.whole(end + 10, 2)
        let (size, offset) = (data.whole(end + 12, 4), data.whole(end + 16, 4))
        // Other bytes may stand before the archive: places count from where it begins.
        let before = end - size - offset
        guard before >= 0 else { throw ZipFault.notAnArchive }
        var place = end - size
        for _ in 0..<count {
            guard place + 46 <= end, data.whole(place, 4) == 0x0201_4B50 else { throw ZipFault.notAnArchive }
            let (name, extra, comment) = (
                data.whole(place + 28, 2), data.whole(place + 30, 2), data.whole(place + 32, 2)
            )
            guard place + 46 + name <= end else { throw ZipFault.notAnArchive }
            members.append(
                Member(
                    name: decodedUtf8(data[(place + 46)..<(place + 46 + name)]),
                    method: data.whole(place + 10, 2),
                    encrypted: data.whole(place + 8, 2) & 1 != 0,
                    crc: UInt32(data.whole(place + 16, 4)),
                    packed: data.whole(place + 20, 4),
                    size: data.whole(place + 24, 4),
                    header: data.whole(place + 42, 4) + before
                )
            )
            place += 46 + name + extra + comment
        }
    }

    /// Unpacks a member; one that claims more than `greatest` bytes is refused before anything is unpacked.
    func read(_ name: Scalars, greatest: Int) throws -> [UInt8] {
        guard let member = members.last(where: { $0.name == name }) else { throw ZipFault.missing }
        guard member.size <= greatest else { throw ZipFault.tooLarge }
        let packed = try packedBytes(of: member)
        var found: [UInt8]
        switch member.method {
        case 0 where packed.count == member.size: found = Array(packed)
        case 8: found = try inflated(packed, size: member.size)
        default: throw ZipFault.damaged
        }
        let crc = found.withUnsafeBytes { crc32(0, $0.bindMemory(to: UInt8.self).baseAddress, UInt32($0.count)) }
        guard UInt32(truncatingIfNeeded: crc) == member.crc || found.isEmpty && member.crc == 0 else {
            throw ZipFault.damaged
        }
        return found
    }

    private func packedBytes(of member: Member) throws -> ArraySlice<UInt8> {
        let header = member.header
        guard !member.encrypted, header >= 0, header + 30 <= data.count, data.whole(header, 4) == 0x0403_4B50 else {
            throw ZipFault.damaged
        }
        let name = data.whole(header + 26, 2)
        let start = header + 30 + name + data.whole(header + 28, 2)
        guard start + member.packed <= data.count,
            decodedUtf8(data[(header + 30)..<(header + 30 + name)]) == member.name
        else { throw ZipFault.damaged }
        return data[start..<(start + member.packed)]
    }

    /// Deflate (RFC 1951) by zlib, into exactly so many bytes.
    private func inflated(_ packed: ArraySlice<UInt8>, size: Int) throws -> [UInt8] {
        var stream = z_stream()
        // Without zlib's own header: that is what zip holds.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ZipFault.damaged
        }
        defer { inflateEnd(&stream) }
        var input = Array(packed)
        // One byte more than is claimed, so that a longer member shows itself.
        var output = [UInt8](repeating: 0, count: size + 1)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == size else { throw ZipFault.damaged }
        output.removeLast()
        return output
    }

    private static func placeOfEnd(_ data: [UInt8]) -> Int? {
        let last = data.count - endRecordBytes
        guard last >= 0 else { return nil }
        return (max(0, last - greatestComment)...last).last { data[$0..<($0 + 4)].elementsEqual(endRecord) }
    }
}

extension Array where Element == UInt8 {
    /// An unsigned number, the lowest byte first.
    fileprivate func whole(_ place: Int, _ bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 | Int(self[place + $1]) << (8 * $1) }
    }
}
