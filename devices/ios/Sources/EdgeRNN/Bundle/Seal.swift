/// The seal: the archive's comment holds the SHA-256 of every byte before it.
///
/// The manifest's hashes cover the model and the assets; the seal covers what lies between them as well, so that no
/// single bit of the file can change unnoticed.
enum Seal {
    private static let prefix = Array("EdgeRNN sha256=".utf8)
    private static let bytes = prefix.count + 64

    /// Checks that the file is exactly as it was written.
    ///
    /// - Parameters:
    ///   - data: The file.
    ///   - path: Where it lies, for the message.
    ///   - head: Bytes at its beginning whose hash is wanted too.
    /// - Returns: SHA-256 of the head.
    static func check(_ data: [UInt8], _ path: String, head: Int) throws -> String {
        let end = data.count - bytes
        guard end >= 0, data[end..<(end + prefix.count)].elementsEqual(prefix) else {
            throw BundleError("\(path): damaged or cut short (its end is missing): copy it again, or convert again")
        }
        var running = Sha256()
        running.update(data[..<min(head, end)])
        let first = running.hex()
        running.update(data[min(head, end)..<end])
        guard data[(end + prefix.count)...].elementsEqual(running.hex().utf8) else {
            throw BundleError("\(path): damaged (its SHA-256 does not match): copy it again, or convert again")
        }
        return first
    }
}
