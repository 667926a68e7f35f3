/// One call: which signature, and which steps of the sequence it takes.
struct Piece: Equatable {
    let signature: Int
    let start: Int
    let stop: Int
}

/// The fewest calls for `length` steps, 1 or more: the greatest size that fits, again and again.
///
/// - Parameter sizes: Steps by signature, greatest first, the last one 1.
func chunkPlan(_ length: Int, _ sizes: [Int]) -> [Piece] {
    var pieces: [Piece] = []
    var start = 0
    for (signature, size) in sizes.enumerated() where size > 0 {
        while length - start >= size {
            pieces.append(Piece(signature: signature, start: start, stop: start + size))
            start += size
        }
    }
    return pieces
}

/// The shortest signature that holds the sequence.
///
/// - Parameter sizes: Steps by signature, greatest first.
/// - Throws: `InputError`: the sequence is longer than every signature.
func wholePlan(_ length: Int, _ sizes: [Int]) throws -> Int {
    guard let fitting = sizes.lastIndex(where: { $0 >= length }) else {
        throw InputError(
            "sequence of \(length) steps is longer than this bundle takes (\(sizes[0])): "
                + "cut it, or convert again with a longer --max-length")
    }
    return fitting
}
