import Foundation

/// Keeps the states after the texts that were read last: who types on does not wait for the beginning again.
final class Prefixes {
    private static let kept = 4

    private let lock = NSLock()
    // The one that was used last is the last.
    private var readings: [Reading] = []

    /// A copy of the reading of the longest beginning of `tokens` that is known, or nil.
    func longest(_ tokens: [Int]) throws -> Reading? {
        try lock.withLock {
            let known = readings.indices.filter { tokens.starts(with: readings[$0].tokens) }
            guard let best = known.max(by: { readings[$0].tokens.count < readings[$1].tokens.count }) else {
                return nil
            }
            let found = readings.remove(at: best)
            readings.append(found)
            return try found.fork()
        }
    }

    /// Remembers a copy; the one that was used least lately goes.
    func keep(_ reading: Reading) throws {
        let copy = try reading.fork()
        lock.withLock {
            readings.removeAll { $0.tokens == copy.tokens }
            readings.append(copy)
            if readings.count > Self.kept { readings.removeFirst() }
        }
    }
}
