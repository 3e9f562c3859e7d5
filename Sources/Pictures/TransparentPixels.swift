internal import CGD

/// Pictures with transparency, laid on white as Pillow's `alpha_composite` does it, to the last bit.
extension GDImage {
  /// Decodes a PNG or WebP file with transparency; nil if it is broken.
  static func decodedOnWhite(_ header: PictureHeader) -> GDImage? {
    let count = header.width * header.height * 4
    let decoded =
      header.format == .png ? pngPixels(header, count: count) : WebPImage.pixels(header.content, count: count)
    guard let pixels = decoded else { return nil }
    // A palette of greys counts as grey.
    let hasPalette = header.format == .png && header.content[25] == 3
    let isGrey = hasPalette && areGrey(pixels)
    guard let image = gdImageCreateTrueColor(Int32(header.width), Int32(header.height)) else { return nil }
    for row in 0..<header.height {
      // Every row of an image that libgd has made is there.
      guard let line = image.pointee.tpixels[row] else { continue }
      blend(pixels, from: 4 * row * header.width, into: UnsafeMutableBufferPointer(start: line, count: header.width))
    }
    return GDImage(image, isGrey: isGrey)
  }

  /// Whether red, green and blue of each pixel are equal.
  private static func areGrey(_ pixels: [UInt8]) -> Bool {
    for place in stride(from: 0, to: pixels.count, by: 4) {
      guard pixels[place] == pixels[place + 1], pixels[place] == pixels[place + 2] else { return false }
    }
    return true
  }

  /// Red, green, blue and opacity of each pixel of a PNG file; nil if it is broken.
  ///
  /// The corresponding C functions are `png_image_begin_read_from_memory` and `png_image_finish_read`.
  private static func pngPixels(_ header: PictureHeader, count: Int) -> [UInt8]? {
    var pixels = [UInt8](repeating: 0, count: count)
    let isRead = header.content.withUnsafeBytes { bytes -> Bool in
      var image = png_image()
      image.version = UInt32(PNG_IMAGE_VERSION)
      defer { png_image_free(&image) }
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0,
        Int(image.width) == header.width, Int(image.height) == header.height
      else { return false }
      image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
      // Without it values of 16 bits would be taken for amounts of light, and become others.
      image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      return pixels.withUnsafeMutableBytes { png_image_finish_read(&image, nil, $0.baseAddress, 0, nil) != 0 }
    }
    return isRead ? pixels : nil
  }

  /// Lays a row of red, green, blue and opacity on white.
  private static func blend(_ pixels: [UInt8], from start: Int, into line: UnsafeMutableBufferPointer<Int32>) {
    for column in line.indices {
      let place = start + 4 * column
      let opacity = Int32(pixels[place + 3])
      let white: Int32 = 255 * (255 - opacity)
      func blended(_ value: UInt8) -> Int32 {
        let sum: Int32 = Int32(value) * opacity + white
        return (2 * sum + 255) / 510
      }
      let (red, green, blue) = (blended(pixels[place]), blended(pixels[place + 1]), blended(pixels[place + 2]))
      line[column] = red << 16 | green << 8 | blue
    }
  }
}

/// WebP files, as libwebp reads them.
enum WebPImage {
  /// Whether a file has transparency; false if it is broken.
  ///
  /// The corresponding C function is `WebPGetFeatures`.
  static func isTransparent(_ bytes: [UInt8]) -> Bool {
    var features = WebPBitstreamFeatures()
    return WebPGetFeatures(bytes, bytes.count, &features) == VP8_STATUS_OK && features.has_alpha != 0
      && features.has_animation == 0
  }

  /// Red, green, blue and opacity of each pixel; nil if the file is broken, or has another number of bytes.
  ///
  /// The corresponding C function is `WebPDecodeRGBAInto`.
  static func pixels(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var (width, height) = (Int32(0), Int32(0))
    guard WebPGetInfo(bytes, bytes.count, &width, &height) != 0, Int(width) * Int(height) * 4 == count else {
      return nil
    }
    var pixels = [UInt8](repeating: 0, count: count)
    let isRead = pixels.withUnsafeMutableBufferPointer {
      WebPDecodeRGBAInto(bytes, bytes.count, $0.baseAddress, $0.count, width * 4) != nil
    }
    return isRead ? pixels : nil
  }
}
