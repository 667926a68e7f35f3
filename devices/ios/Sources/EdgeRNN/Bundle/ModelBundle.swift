import Foundation

/// A bundle in memory, checked: a TFLite model with a zip archive appended. (Python: `Bundle`.)
public struct ModelBundle {
    // A hostile archive may claim any size: members larger than this are not unpacked.
    private static let greatestMember = 256 * 1024 * 1024

    /// Where it was read from.
    public let path: String
    /// The whole file: the TFLite FlatBuffer, and behind it the archive, which TFLite does not look at.
    public let content: [UInt8]
    /// Its declaration.
    public let manifest: Manifest
    private let assets: [Scalars: [UInt8]]

    /// SHA-256 of the whole file.
    public var sha256: String { Sha256.hex(content) }

    /// Reads a file once and checks all of it.
    ///
    /// - Throws: `BundleError`: not there, not a bundle, damaged, not valid, or in a newer format.
    public init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            throw BundleError("\(path): no such file")
        } catch {
            throw BundleError("\(path): cannot be read: \(error.localizedDescription)")
        }
        try self.init([UInt8](data), path: path)
    }

    /// Checks a file's content.
    ///
    /// - Parameters:
    ///   - content: The whole file.
    ///   - path: Where it came from, for the messages.
    /// - Throws: `BundleError`: not a bundle, damaged, not valid, or in a newer format.
    public init(_ content: [UInt8], path: String = "bundle") throws {
        let archive = try Self.opened(content, path)
        let document = try Self.document(archive, path)
        // The version comes first: a newer format may be sealed in another way.
        try Manifest.refuseNewer(document, path)
        let claimed = max(0, document["model"]?["size"]?.whole ?? 0)
        let digest = try Seal.check(content, path, head: claimed)
        let manifest = try Manifest(document, path)
        guard manifest.model == FileSpec(size: claimed, sha256: digest), claimed <= content.count else {
            throw Self.mismatch("the model", path)
        }
        self.path = path
        self.content = content
        self.manifest = manifest
        assets = try Self.assets(archive, manifest, path)
    }

    /// An asset's content, checked.
    public func asset(_ name: String) throws -> [UInt8] {
        guard let found = assets[name.scalars] else { throw BundleError("\(path): there is no asset \(name)") }
        return found
    }

    private static func opened(_ content: [UInt8], _ path: String) throws -> ZipArchive {
        do {
            return try ZipArchive(content)
        } catch {
            throw BundleError(
                "\(path): not an EdgeRNN bundle, or damaged (no archive at its end): make one with edgernn convert")
        }
    }

    private static func member(_ archive: ZipArchive, _ name: Scalars, _ path: String) throws -> [UInt8] {
        do {
            return try archive.read(name, greatest: greatestMember)
        } catch ZipFault.missing {
            throw BundleError(
                "\(path): \(name.string) is missing in its archive: not an EdgeRNN bundle, or damaged")
        } catch ZipFault.tooLarge {
            throw BundleError("\(path): \(name.string) claims more than \(greatestMember) bytes: refused")
        } catch {
            throw BundleError(
                "\(path): damaged (\(name.string) cannot be unpacked): copy it again, or convert again")
        }
    }

    private static func document(_ archive: ZipArchive, _ path: String) throws -> Json {
        let text = try member(archive, Manifest.fileName.scalars, path)
        guard let document = try? Json(text) else {
            throw BundleError("\(path): damaged (\(Manifest.fileName) is not JSON)")
        }
        return document
    }

    private static func assets(_ archive: ZipArchive, _ manifest: Manifest, _ path: String) throws -> [Scalars: [UInt8]]
    {
        let names = sorted(archive.names)
        let expected = sorted([Manifest.fileName.scalars] + manifest.assets.keys)
        guard names == expected else {
            let (held, named) = (names.map(\.string), expected.map(\.string))
            throw BundleError(
                "\(path): archive holds \(held.joined(separator: ", ")); the manifest names "
                    + named.joined(separator: ", "))
        }
        var found: [Scalars: [UInt8]] = [:]
        for (name, file) in manifest.assets {
            let data = try member(archive, name, path)
            guard file == FileSpec(size: data.count, sha256: Sha256.hex(data)) else {
                throw mismatch(name.string, path)
            }
            found[name] = data
        }
        return found
    }

    private static func mismatch(_ what: String, _ path: String) -> BundleError {
        BundleError("\(path): damaged (SHA-256 of \(what) does not match): copy it again, or convert again")
    }

    private static func sorted(_ names: [Scalars]) -> [Scalars] {
        names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// Reads a bundle's file and checks all of it; see `ModelBundle.init(path:)`.
public func readBundle(_ path: String) throws -> ModelBundle { try ModelBundle(path: path) }
