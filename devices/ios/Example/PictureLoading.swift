#if canImport(ImageIO)
    import CoreGraphics
    import EdgeRNN
    import Foundation
    import ImageIO

    extension Picture {
        /// A picture's file, upright, at most `side` pixels long, on white.
        ///
        /// The system's decoders may differ by a unit or two from those that a captioner was tested with.
        ///
        /// - Throws: `InputError`: no picture, or a damaged one.
        init(contentsOf url: URL, side: Int = 2048) throws {
            let options: [CFString: Any] = [
                kCGImageSourceCreateThumbnailFromImageAlways: true, kCGImageSourceCreateThumbnailWithTransform: true,
                kCGImageSourceThumbnailMaxPixelSize: side,
            ]
            guard let source = CGImageSourceCreateWithURL(url as CFURL, nil),
                let image = CGImageSourceCreateThumbnailAtIndex(source, 0, options as CFDictionary)
            else { throw InputError("\(url.lastPathComponent): no picture, or damaged") }
            try self.init(image)
        }

        /// - Throws: `InputError`: it is empty.
        init(_ image: CGImage) throws {
            let (width, height) = (image.width, image.height)
            var bytes = [UInt8](repeating: 255, count: 4 * width * height)
            let isDrawn = bytes.withUnsafeMutableBytes { memory in
                guard
                    let context = CGContext(
                        data: memory.baseAddress, width: width, height: height, bitsPerComponent: 8,
                        bytesPerRow: 4 * width,
                        space: CGColorSpace(name: CGColorSpace.sRGB) ?? CGColorSpaceCreateDeviceRGB(),
                        bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
                else { return false }
                let whole = CGRect(x: 0, y: 0, width: width, height: height)
                context.setFillColor(CGColor(red: 1, green: 1, blue: 1, alpha: 1))
                context.fill(whole)
                context.draw(image, in: whole)
                return true
            }
            guard isDrawn else { throw InputError("the picture is empty") }
            let pixels = stride(from: 0, to: bytes.count, by: 4).flatMap { bytes[$0..<($0 + 3)] }
            try self.init(height: height, width: width, channels: 3, pixels: pixels)
        }
    }
#endif
