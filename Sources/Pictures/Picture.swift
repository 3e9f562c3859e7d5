/// A picture in memory.
///
/// Bytes from 0 to 255, grey or red, green, blue, as `[height, width, channels]`: what image stores hold.
public struct Picture: Sendable, Equatable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The values, `[height, width, channels]`.
  public let pixels: [UInt8]

  /// The most pixels that are decoded: no camera has more, and a small file that claims more is meant to do harm.
  public static let maximumPixelCount = 100_000_000

  /// A picture of these values.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && (channels == 1 || channels == 3), "grey or colour, and not empty")
    precondition(pixels.count == width * height * channels, "a value for each channel of each pixel")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture of numbers, one plane `[height, width]` for each channel.
  ///
  /// They are rounded (halves away from zero) and clipped to 0...255; what is no number becomes 0.
  public init(width: Int, height: Int, planes: [[Float]]) {
    precondition(planes.allSatisfy { $0.count == width * height }, "planes of the picture's size")
    let count = width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: count * planes.count) { pixels, written in
      for (channel, plane) in planes.enumerated() {
        for place in 0..<count {
          let value = plane[place] > 0 ? UInt8(min(plane[place], 255).rounded()) : 0
          pixels.initializeElement(at: place * planes.count + channel, to: value)
        }
      }
      written = count * planes.count
    }
    self.init(width: width, height: height, channels: planes.count, pixels: pixels)
  }

  /// The values as numbers, `[height, width, channels]`, 0...255.
  public var floats: [Float] { pixels.map(Float.init) }

  /// The values of one channel as numbers, `[height, width]`.
  public func plane(_ channel: Int) -> [Float] {
    precondition((0..<channels).contains(channel), "a channel of the picture")
    return stride(from: channel, to: pixels.count, by: channels).map { Float(pixels[$0]) }
  }

  /// The picture in grey: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601, as most programs do).
  public var grey: Picture {
    guard channels == 3 else { return self }
    let grey = stride(from: 0, to: pixels.count, by: 3).map { place -> UInt8 in
      Self.grey(Int(pixels[place]), Int(pixels[place + 1]), Int(pixels[place + 2]))
    }
    return Picture(width: width, height: height, channels: 1, pixels: grey)
  }

  /// The grey of a colour.
  static func grey(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
    UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
  }

  /// The picture with three channels: those of a grey one are equal.
  public var colour: Picture {
    guard channels == 1 else { return self }
    let colour = [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { colour, count in
      for place in pixels.indices {
        for channel in 0..<3 { colour.initializeElement(at: 3 * place + channel, to: pixels[place]) }
      }
      count = 3 * pixels.count
    }
    return Picture(width: width, height: height, channels: 3, pixels: colour)
  }
}

extension Picture {
  /// Whether `bytes` begin as a picture does that can be decoded.
  public static func isPicture(_ bytes: [UInt8]) -> Bool { PictureHeader.Format(bytes) != nil }

  /// Whether `bytes` are a picture of 16 bits a value, which become 8 when it is decoded.
  public static func isDeep(_ bytes: [UInt8]) -> Bool {
    guard let format = PictureHeader.Format(bytes) else { return false }
    return format == .png && bytes.count > 24 && bytes[24] == 16
  }

  /// The formats that are decoded, for messages.
  public static let formats = PictureHeader.Format.names

  /// Decodes a PNG, JPEG, GIF, BMP or WebP file; of several pictures in it the first.
  ///
  /// A file that stores grey, or a palette of greys, gives one channel, any other three. What is transparent lies on
  /// white. 16 bits per value become 8. Rows are as they are stored: a JPEG's note on how the camera was held is not
  /// followed.
  ///
  /// Any thread may decode.
  ///
  /// - Parameter name: what errors call the picture, such as its file.
  public init(decoding bytes: [UInt8], named name: String) throws(PictureError) {
    let header = try Self.header(of: bytes, named: name)
    self = try GDImage.decoded(header, named: name).picture(isGrey: header.isGrey)
  }

  /// Decodes as ``init(decoding:named:)`` does, brings the picture to a size, and gives it the channels that are asked
  /// for.
  ///
  /// The full picture stays in libgd's memory; only what comes out is copied.
  ///
  /// - Parameters:
  ///   - size: the height and width of the result; nil leaves them.
  ///   - fit: how the picture comes to that size.
  ///   - grey: one channel, else three, whatever the file stores.
  public init(
    decoding bytes: [UInt8], named name: String, size: (height: Int, width: Int)?, fit: Fit, grey: Bool
  ) throws(PictureError) {
    let header = try Self.header(of: bytes, named: name)
    let image = try GDImage.decoded(header, named: name)
    guard let size, size != (image.height, image.width) else {
      let picture = image.picture(isGrey: header.isGrey)
      self = grey ? picture.grey : picture.colour
      return
    }
    let placement = Placement(fit, from: (image.height, image.width), to: size)
    self = image.resampled(placement, in: size, isGrey: grey)
  }

  /// The header of a file whose pixels can be given memory.
  private static func header(of bytes: [UInt8], named name: String) throws(PictureError) -> PictureHeader {
    guard let format = PictureHeader.Format(bytes) else {
      let found = bytes.isEmpty ? "an empty file" : "something else"
      throw PictureError(.unknownFormat, name, "expected a picture (\(Self.formats)), found \(found)")
    }
    guard let header = PictureHeader(bytes, format: format), header.width > 0, header.height > 0 else {
      throw PictureError(broken: name, format)
    }
    let (count, overflows) = header.width.multipliedReportingOverflow(by: header.height)
    guard !overflows, count <= Self.maximumPixelCount else {
      throw PictureError(
        .tooLarge, name,
        "expected at most \(Self.maximumPixelCount) pixels, found \(header.width)×\(header.height); scale it down")
    }
    return header
  }

  /// Reads and decodes the file at `path`.
  public init(contentsOf path: String) throws(PictureError) {
    try self.init(decoding: Self.bytes(ofFile: path.utf8CString.map { $0 }, named: path), named: path)
  }

  /// The bytes of a PNG file, which holds exactly these values.
  public func png() throws(PictureError) -> [UInt8] {
    guard let bytes = GDImage(self)?.png() else { throw notEncoded("PNG") }
    return bytes
  }

  /// The bytes of a JPEG file, always in colour, of a quality from 1 to 100; the values are close to these.
  public func jpeg(quality: Int = 95) throws(PictureError) -> [UInt8] {
    guard let bytes = GDImage(self)?.jpeg(quality: quality) else { throw notEncoded("JPEG") }
    return bytes
  }

  /// The picture scaled to another size: each pixel is the mean of the area that it covers.
  public func resized(width: Int, height: Int) throws(PictureError) -> Picture {
    let (count, overflows) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflows, count <= Self.maximumPixelCount, let image = GDImage(self) else {
      throw PictureError(.notEncoded, "picture", "\(self.width)×\(self.height) cannot be scaled to \(width)×\(height)")
    }
    let size = (height: height, width: width)
    return image.resampled(
      Placement(.stretch, from: (self.height, self.width), to: size), in: size, isGrey: channels == 1)
  }

  private func notEncoded(_ format: String) -> PictureError {
    PictureError(
      .notEncoded, "picture", "\(width)×\(height) pixels cannot be written as \(format); both sides must be below 65536"
    )
  }
}

extension GDImage {
  /// Decodes a file whose header has been read.
  fileprivate static func decoded(_ header: PictureHeader, named name: String) throws(PictureError) -> GDImage {
    let decoded =
      header.isTransparent ? decodedOnWhite(header) : GDImage(decoding: header.content, format: header.format)
    guard let image = decoded, image.width * image.height <= Picture.maximumPixelCount
    else { throw PictureError(broken: name, header.format) }
    return image
  }
}

extension PictureError {
  fileprivate init(broken name: String, _ format: PictureHeader.Format) {
    self.init(
      .broken, name, "expected a \(format.rawValue) picture, found one that is broken or cut off; copy it again")
  }
}
