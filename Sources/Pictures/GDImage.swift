internal import CGD

/// A picture in libgd's hands.
///
/// The corresponding C type is `gdImage`.
struct GDImage: ~Copyable {
  let image: gdImagePtr
  /// Whether an image of true colours is known to have only greys.
  ///
  /// Without a default: an initializer that fails must not have begun, or the compiler's clean-up frees what is not there.
  let isGrey: Bool

  /// Takes over an image; nil for none, which is how libgd reports every failure.
  init?(_ image: gdImagePtr?, isGrey: Bool = false) {
    _ = Self.silence
    guard let image else { return nil }
    self.image = image
    self.isGrey = isGrey
  }

  deinit { gdImageDestroy(image) }

  /// libgd's messages would go to standard error; this is for the process, and done once.
  private static let silence: Void = cgd_silence()

  /// Decodes a file of that format.
  ///
  /// The corresponding C functions are `gdImageCreateFromPngPtr` and its like.
  init?(decoding bytes: [UInt8], format: PictureHeader.Format) {
    // Before libgd has anything to say.
    _ = Self.silence
    guard let count = Int32(exactly: bytes.count) else { return nil }
    self.init(
      bytes.withUnsafeBytes { bytes in
        // libgd only reads them.
        let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        return switch format {
        case .png: gdImageCreateFromPngPtr(count, data)
        case .jpeg: gdImageCreateFromJpegPtr(count, data)
        case .gif: gdImageCreateFromGifPtr(count, data)
        case .bmp: gdImageCreateFromBmpPtr(count, data)
        case .webp: gdImageCreateFromWebpPtr(count, data)
        }
      })
  }

  /// A copy of `picture`: grey as a palette of greys, so that it is written as one byte a pixel.
  init?(_ picture: Picture) {
    _ = Self.silence
    guard let width = Int32(exactly: picture.width), let height = Int32(exactly: picture.height) else { return nil }
    self.init(picture.channels == 1 ? gdImageCreate(width, height) : gdImageCreateTrueColor(width, height))
    if picture.channels == 1 {
      for grey in Int32(0)..<256 { _ = gdImageColorAllocate(image, grey, grey, grey) }
    }
    var place = 0
    for row in 0..<picture.height {
      if picture.channels == 1, let line = image.pointee.pixels[row] {
        for column in 0..<picture.width {
          line[column] = picture.pixels[place]
          place += 1
        }
      } else if let line = image.pointee.tpixels[row] {
        for column in 0..<picture.width {
          let (red, green) = (Int32(picture.pixels[place]), Int32(picture.pixels[place + 1]))
          line[column] = red << 16 | green << 8 | Int32(picture.pixels[place + 2])
          place += 3
        }
      }
    }
  }

  var width: Int { Int(image.pointee.sx) }
  var height: Int { Int(image.pointee.sy) }

  /// The values; what is transparent lies on white.
  ///
  /// - Parameter isGrey: takes one channel of the three, which are equal.
  func picture(isGrey: Bool) -> Picture {
    let isGrey = isGrey || self.isGrey || hasGreyPalette
    let (width, height) = (width, height)
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * (isGrey ? 1 : 3)) { pixels, count in
      var place = 0
      forEachRow(in: 0..<height) { _, colours in
        for colour in colours {
          if isGrey {
            pixels[place] = UInt8(truncatingIfNeeded: colour)
            place += 1
          } else {
            pixels[place] = UInt8(truncatingIfNeeded: colour >> 16)
            pixels[place + 1] = UInt8(truncatingIfNeeded: colour >> 8)
            pixels[place + 2] = UInt8(truncatingIfNeeded: colour)
            place += 3
          }
        }
      }
      count = place
    }
    return Picture(width: width, height: height, channels: isGrey ? 1 : 3, pixels: pixels)
  }

  /// Hands out rows from the top: red, green and blue in the last 24 bits of a colour, and nothing above; what is
  /// transparent lies on white.
  ///
  /// It reads libgd's own rows (`tpixels`, `pixels`): `gdImageGetTrueColorPixel` for each pixel takes as long as decoding.
  func forEachRow(in rows: Range<Int>, _ body: (_ row: Int, _ colours: UnsafeBufferPointer<Int32>) -> Void) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "rows of the image")
    let transparent = image.pointee.transparent
    let palette = image.pointee.trueColor == 0 ? paletteOnWhite : []
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: width) { room in
      for row in rows {
        if !palette.isEmpty, let numbers = image.pointee.pixels[row] {
          for column in 0..<width { room[column] = palette[Int(numbers[column])] }
          body(row, UnsafeBufferPointer(room))
        } else if let line = image.pointee.tpixels[row] {
          let colours = UnsafeBufferPointer(start: line, count: width)
          // Photographs have no transparency, and need no copy.
          if transparent < 0 && colours.reduce(0, |) >> 24 == 0 {
            body(row, colours)
            continue
          }
          for column in 0..<width {
            room[column] = onWhite(line[column] == transparent ? gdAlphaTransparent << 24 : line[column])
          }
          body(row, UnsafeBufferPointer(room))
        }
      }
    }
  }

  /// The 256 colours of a palette; its transparent colour comes with its transparency.
  private var paletteOnWhite: [Int32] {
    let (red, green) = (Self.numbers(image.pointee.red), Self.numbers(image.pointee.green))
    let (blue, alpha) = (Self.numbers(image.pointee.blue), Self.numbers(image.pointee.alpha))
    return red.indices.map { onWhite(alpha[$0] << 24 | red[$0] << 16 | green[$0] << 8 | blue[$0]) }
  }

  private var hasGreyPalette: Bool {
    guard image.pointee.trueColor == 0 else { return false }
    let (red, green) = (Self.numbers(image.pointee.red), Self.numbers(image.pointee.green))
    let blue = Self.numbers(image.pointee.blue)
    return (0..<Int(image.pointee.colorsTotal)).allSatisfy { red[$0] == green[$0] && red[$0] == blue[$0] }
  }

  /// An array of C, which Swift sees as a tuple.
  private static func numbers<T>(_ array: T) -> [Int32] {
    withUnsafeBytes(of: array) { Array($0.bindMemory(to: Int32.self)) }
  }

  /// The corresponding C function is `gdImagePngPtr`.
  func png() -> [UInt8]? {
    var count: Int32 = 0
    return Self.take(gdImagePngPtr(image, &count), count)
  }

  /// The corresponding C function is `gdImageJpegPtr`.
  func jpeg(quality: Int) -> [UInt8]? {
    var count: Int32 = 0
    return Self.take(gdImageJpegPtr(image, &count, Int32(min(max(quality, 1), 100))), count)
  }

  /// Copies bytes that libgd has allocated, and frees them.
  private static func take(_ bytes: UnsafeMutableRawPointer?, _ count: Int32) -> [UInt8]? {
    guard let bytes else { return nil }
    defer { gdFree(bytes) }
    return count > 0 ? Array(UnsafeRawBufferPointer(start: bytes, count: Int(count))) : nil
  }
}

/// A colour (7 bits of transparency, then red, green, blue) as it looks on white.
private func onWhite(_ colour: Int32) -> Int32 {
  let alpha = colour >> 24 & 0x7F
  guard alpha > 0 else { return colour & 0xFFFFFF }
  func blend(_ shift: Int32) -> Int32 {
    let value = colour >> shift & 0xFF
    return ((value * (gdAlphaMax - alpha) + 255 * alpha + gdAlphaMax / 2) / gdAlphaMax) << shift
  }
  return blend(16) | blend(8) | blend(0)
}
