internal import CGD

/// A picture in libgd's hands.
///
/// The corresponding C type is `gdImage`.
struct GDImage: ~Copyable {
  private let image: gdImagePtr

  /// Takes over an image; nil for none, which is how libgd reports every failure.
  private init?(_ image: gdImagePtr?) {
    guard let image else { return nil }
    self.image = image
  }

  deinit { gdImageDestroy(image) }

  /// libgd's messages would go to standard error; this is for the process, and done once.
  private static let silence: Void = cgd_silence()

  /// Decodes a file of that format.
  ///
  /// The corresponding C functions are `gdImageCreateFromPngPtr` and its like.
  init?(decoding bytes: [UInt8], format: PictureHeader.Format) {
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
    let isGrey = isGrey || hasGreyPalette
    let isPalette = image.pointee.trueColor == 0
    let transparent = image.pointee.transparent
    let (width, height) = (width, height)
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * (isGrey ? 1 : 3)) { pixels, count in
      for row in 0..<height {
        for column in 0..<width {
          // 7 bits of transparency, then red, green, blue. A palette's transparent colour comes with its transparency.
          var colour = gdImageGetTrueColorPixel(image, Int32(column), Int32(row))
          if !isPalette && colour == transparent { colour = gdAlphaTransparent << 24 }
          let alpha = colour >> 24 & 0x7F
          func onWhite(_ shift: Int32) -> UInt8 {
            let value = colour >> shift & 0xFF
            guard alpha > 0 else { return UInt8(value) }
            return UInt8((value * (gdAlphaMax - alpha) + 255 * alpha + gdAlphaMax / 2) / gdAlphaMax)
          }
          pixels.initializeElement(at: count, to: onWhite(16))
          count += 1
          if !isGrey {
            pixels.initializeElement(at: count, to: onWhite(8))
            pixels.initializeElement(at: count + 1, to: onWhite(0))
            count += 2
          }
        }
      }
    }
    return Picture(width: width, height: height, channels: isGrey ? 1 : 3, pixels: pixels)
  }

  private var hasGreyPalette: Bool {
    guard image.pointee.trueColor == 0 else { return false }
    return (0..<Int(image.pointee.colorsTotal)).allSatisfy { number in
      func value<T>(_ colours: T) -> Int32 {
        withUnsafeBytes(of: colours) { $0.loadUnaligned(fromByteOffset: number * 4, as: Int32.self) }
      }
      let red = value(image.pointee.red)
      return red == value(image.pointee.green) && red == value(image.pointee.blue)
    }
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

  /// The corresponding C function is `gdImageCopyResampled`.
  func resampled(width: Int, height: Int) -> GDImage? {
    guard let newWidth = Int32(exactly: width), let newHeight = Int32(exactly: height),
      let result = GDImage(gdImageCreateTrueColor(newWidth, newHeight))
    else { return nil }
    gdImageCopyResampled(
      result.image, image, 0, 0, 0, 0, newWidth, newHeight, image.pointee.sx, image.pointee.sy)
    return result
  }
}
