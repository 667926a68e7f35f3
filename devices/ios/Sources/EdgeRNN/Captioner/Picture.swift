/// Decoded pixels, 8 bits each, row by row.
public struct Picture: Equatable, Sendable {
    private static let greatestCount = 205_000_000

    public let height: Int
    public let width: Int
    /// 1: grey; 3: red, green, blue; 4: with alpha behind.
    public let channels: Int
    public let pixels: [UInt8]

    /// - Throws: `InputError`: the numbers do not fit each other, or the picture is empty or too large.
    public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) throws {
        guard [1, 3, 4].contains(channels), let count = product([height, width, channels]), count == pixels.count,
            count > 0, height * width <= Self.greatestCount
        else {
            throw InputError(
                "picture: \(pixels.count) bytes for [\(height), \(width), \(channels)]: expected as many, of 1, 3 (RGB) or 4 "
                    + "(RGBA) channels, and not too many")
        }
        (self.height, self.width, self.channels, self.pixels) = (height, width, channels, pixels)
    }

    /// Known to be sound.
    fileprivate init(_ height: Int, _ width: Int, _ pixels: [UInt8]) {
        (self.height, self.width, channels, self.pixels) = (height, width, 3, pixels)
    }

    /// Red, green and blue; what is transparent is blended with white.
    var rgb: Picture {
        if channels == 3 { return self }
        var found: [UInt8] = []
        found.reserveCapacity(height * width * 3)
        for place in stride(from: 0, to: pixels.count, by: channels) {
            if channels == 1 {
                found += [pixels[place], pixels[place], pixels[place]]
            } else {
                let alpha = Int(pixels[place + 3])
                for colour in 0..<3 {
                    found.append(UInt8((Int(pixels[place + colour]) * alpha + 255 * (255 - alpha) + 127) / 255))
                }
            }
        }
        return Picture(height, width, found)
    }

    /// In the size that a model reads, as `PictureSpec` says; whole numbers throughout, so that every system gives the
    /// same pixels ("Pictures" in `devices/conformance/README.md`).
    func fitted(_ spec: PictureSpec) -> Picture {
        var picture = rgb
        for _ in 0..<halvings(spec) { picture = picture.halved() }
        let (height, width) = (picture.height, picture.width)
        switch spec.fit {
        case .stretch: return picture.resized(spec.size, spec.size)
        case .crop:
            let side = Self.kept(height, width, spec)
            return picture.cut((height - side) / 2, (width - side) / 2, side).resized(spec.size, spec.size)
        case .pad:
            let longer = max(height, width)
            // Rounded to the nearest, a half up.
            let sides = [height, width].map { max(1, (2 * $0 * spec.size + longer) / (2 * longer)) }
            return picture.resized(sides[0], sides[1]).padded(spec.size)
        }
    }

    /// How many times it is halved before the last, bilinear step.
    func halvings(_ spec: PictureSpec) -> Int {
        let shorter = min(height, width)
        let side: Int
        switch spec.fit {
        case .stretch: side = shorter
        case .crop: side = Self.kept(height, width, spec)
        case .pad: side = max(height, width)
        }
        var count = 0
        while side >> (count + 1) >= spec.size && shorter >> (count + 1) >= 1 { count += 1 }
        return count
    }

    /// What a model reads: (value - mean) / scale, computed in 64 bits and rounded once; [height, width, 3].
    func values(_ spec: PictureSpec) -> [Float] {
        let table = (0..<256).map { Float((Double($0) - spec.mean) / spec.scale) }
        if spec.order == .rgb { return pixels.map { table[Int($0)] } }
        return pixels.indices.map { table[Int(pixels[$0 - $0 % 3 + 2 - $0 % 3])] }
    }

    private static func kept(_ height: Int, _ width: Int, _ spec: PictureSpec) -> Int {
        max(1, Int(Double(min(height, width)) * spec.keep))
    }

    /// Each 2 x 2 block becomes its mean, a half rounded up; an odd last row or column is left out.
    private func halved() -> Picture {
        let (rows, columns, line) = (height / 2, width / 2, 3 * width)
        var found = [UInt8](repeating: 0, count: rows * columns * 3)
        for row in 0..<rows {
            for column in 0..<columns {
                for colour in 0..<3 {
                    let first = 2 * row * line + 6 * column + colour
                    let sum =
                        Int(pixels[first]) + Int(pixels[first + 3]) + Int(pixels[first + line])
                        + Int(pixels[first + line + 3])
                    found[3 * (row * columns + column) + colour] = UInt8((sum + 2) / 4)
                }
            }
        }
        return Picture(rows, columns, found)
    }

    private func cut(_ top: Int, _ left: Int, _ side: Int) -> Picture {
        let rows = (top..<(top + side)).map { row in
            pixels[(3 * (row * width + left))..<(3 * (row * width + left + side))]
        }
        return Picture(side, side, Array(rows.joined()))
    }

    private func padded(_ size: Int) -> Picture {
        var found = [UInt8](repeating: 255, count: size * size * 3)
        let (top, left) = ((size - height) / 2, (size - width) / 2)
        for row in 0..<height {
            let start = 3 * ((top + row) * size + left)
            found.replaceSubrange(
                start..<(start + 3 * width), with: pixels[(3 * row * width)..<(3 * (row + 1) * width)])
        }
        return Picture(size, size, found)
    }

    /// A pixel along an axis: the two that it is made of, and the second one's weight of 256.
    private typealias Mixed = (first: Int, second: Int, weight: Int)

    /// Bilinear in fixed point, as OpenCV's INTER_LINEAR_EXACT.
    private func resized(_ rows: Int, _ columns: Int) -> Picture {
        if rows == height && columns == width { return self }
        let across = Self.axis(width, columns)
        let down = Self.axis(height, rows)
        // A row of 16-bit numbers for each row of the picture that is needed.
        var lines: [Int: [Int]] = [:]
        func line(_ row: Int) -> [Int] {
            if let known = lines[row] { return known }
            let start = 3 * row * width
            let made = across.flatMap { mixed in
                (0..<3).map { colour in
                    (256 - mixed.weight) * Int(pixels[start + 3 * mixed.first + colour])
                        + mixed.weight * Int(pixels[start + 3 * mixed.second + colour])
                }
            }
            lines[row] = made
            return made
        }
        var found: [UInt8] = []
        found.reserveCapacity(3 * rows * columns)
        for mixed in down {
            lines = lines.filter { $0.key >= mixed.first }
            let (upper, lower) = (line(mixed.first), line(mixed.second))
            for (above, below) in zip(upper, lower) {
                found.append(UInt8(((256 - mixed.weight) * above + mixed.weight * below + 32_768) >> 16))
            }
        }
        return Picture(rows, columns, found)
    }

    private static func axis(_ from: Int, _ to: Int) -> [Mixed] {
        (0..<to).map { pixel in
            let place = Double(from) / Double(to) * (Double(pixel) + 0.5) - 0.5
            let first = Int(place.rounded(.down))
            if first < 0 { return (0, 0, 0) }
            if first >= from - 1 { return (from - 1, from - 1, 0) }
            return (first, first + 1, Int(((place - Double(first)) * 256).rounded(.toNearestOrEven)))
        }
    }
}
