internal import CGD

/// Pictures with transparency, laid on white as Pillow's `alpha_composite` does it, to the last bit.
extension GDImage {
  /// Decodes a PNG or WebP file with transparency; nil if it is broken.
  init?(onWhite header: PictureHeader) {
    guard header.format != .png else {
      self.init(pngOnWhite: header)
      return
    }
    guard let pixels = WebPImage.pixels(header.content, count: header.width * header.height * 4) else { return nil }
    self.init(onWhite: pixels, width: header.width, height: header.height)
  }

  /// Decodes a PNG file.
  ///
  /// The corresponding C functions are `png_image_begin_read_from_memory` and `png_image_finish_read`.
  private init?(pngOnWhite header: PictureHeader) {
    var pixels = [UInt8](repeating: 0, count: header.width * header.height * 4)
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
    guard isRead else { return nil }
    self.init(onWhite: pixels, width: header.width, height: header.height)
    // A palette of greys counts as grey.
    isGrey = header.content[25] == 3
    for place in stride(from: 0, to: pixels.count, by: 4) where isGrey {
      let (red, green, blue) = (pixels[place], pixels[place + 1], pixels[place + 2])
      isGrey = red == green && red == blue
    }
  }

  /// Lays red, green, blue and opacity of each pixel on white.
  private init?(onWhite pixels: [UInt8], width: Int, height: Int) {
    self.init(gdImageCreateTrueColor(Int32(width), Int32(height)))
    for row in 0..<height {
      // Every row of an image that libgd has made is there.
      guard let line = image.pointee.tpixels[row] else { continue }
      for column in 0..<width {
        let place = 4 * (row * width + column)
        let opacity = Int32(pixels[place + 3])
        let white: Int32 = 255 * (255 - opacity)
        func blend(_ value: UInt8) -> Int32 {
          let sum: Int32 = Int32(value) * opacity + white
          return (2 * sum + 255) / 510
        }
        let (red, green, blue) = (blend(pixels[place]), blend(pixels[place + 1]), blend(pixels[place + 2]))
        line[column] = red << 16 | green << 8 | blue
      }
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
