/// What the first bytes of a file say about the picture in it, before memory is allocated for its pixels.
struct PictureHeader {
  /// The formats that are decoded.
  enum Format: String, CaseIterable {
    case png = "PNG"
    case jpeg = "JPEG"
    case gif = "GIF"
    case bmp = "BMP"
    case webp = "WebP"

    /// The names of all, for messages.
    static let names = "PNG, JPEG, GIF, BMP or WebP"

    /// How many bytes of a file tell its format.
    static let byteCount = 26

    /// The format that files which begin so have.
    init?(_ bytes: [UInt8]) {
      func has(_ text: StaticString, at place: Int = 0) -> Bool {
        text.withUTF8Buffer { bytes.count >= place + $0.count && bytes[place...].starts(with: $0) }
      }
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .png
      } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .jpeg
      } else if has("GIF87a") || has("GIF89a") {
        self = .gif
      } else if has("BM") && bytes.count >= 26 && bytes[15] == 0 && bytes[16] == 0 && bytes[17] == 0 {
        // The size of the second header, at most 124.
        self = .bmp
      } else if has("RIFF") && has("WEBP", at: 8) {
        self = .webp
      } else {
        return nil
      }
    }
  }

  let format: Format
  let width: Int
  let height: Int
  /// Whether the file stores one channel; a palette is judged by its colours when they are known.
  var isGrey = false
  /// Whether pixels may be transparent, which libgd does not keep exactly.
  var isTransparent = false
  /// What the decoder is given: the file, but of a PNG file only what its pixels depend on.
  let content: [UInt8]

  /// Reads the header; nil if it ends early, or makes no sense, or if the file is one whose cut-off end libgd would fill
  /// with something.
  init?(_ bytes: [UInt8], format: Format) {
    self.format = format
    let reader = ByteReader(bytes)
    guard let content = format == .png ? reader.pngPixels() : bytes else { return nil }
    self.content = content
    switch format {
    case .png:
      // 8 bytes of signature; length and name of the first chunk; width, height, depth, colour type.
      guard let width = reader.bigEndian(4, at: 16), let height = reader.bigEndian(4, at: 20), bytes.count > 25 else {
        return nil
      }
      (self.width, self.height) = (width, height)
      isGrey = bytes[25] == 0 || bytes[25] == 4
      isTransparent = bytes[25] == 4 || bytes[25] == 6 || ByteReader(content).hasTransparentColour
    case .jpeg:
      guard let frame = reader.jpegFrame() else { return nil }
      (width, height, isGrey) = frame
    case .gif:
      // The screen; libgd refuses a first image that reaches beyond it.
      guard let width = reader.littleEndian(2, at: 6), let height = reader.littleEndian(2, at: 8),
        reader.gifHasWholeImage()
      else { return nil }
      (self.width, self.height) = (width, height)
    case .bmp:
      guard let size = reader.littleEndian(4, at: 14) else { return nil }
      let length = size == 12 ? 2 : 4
      guard let width = reader.littleEndian(length, at: 18), let height = reader.littleEndian(length, at: 18 + length)
      else { return nil }
      // A negative height means rows from the top.
      self.width = width
      self.height = length == 4 ? Int(Int32(truncatingIfNeeded: height).magnitude) : height
    case .webp:
      guard let size = reader.webpSize() else { return nil }
      (width, height) = size
      isTransparent = WebPImage.isTransparent(bytes)
    }
  }
}

/// Numbers in the bytes of a file, which may end anywhere.
private struct ByteReader {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func byte(at place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

  func bigEndian(_ count: Int, at place: Int) -> Int? {
    guard place + count <= bytes.count else { return nil }
    return bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
  }

  func littleEndian(_ count: Int, at place: Int) -> Int? {
    guard place + count <= bytes.count else { return nil }
    return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// A PNG file without what does not change its pixels; nil if it ends before its end.
  ///
  /// libgd uses nothing else, but libpng says on standard error what it finds wrong in the rest, such as a colour profile
  /// that many programs write; there is no way to tell it not to.
  func pngPixels() -> [UInt8]? {
    let kept = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].map { Array($0.utf8) }
    var place = 8
    var pixels = Array(bytes[..<place])
    // A chunk: length, name, data, checksum.
    while let length = bigEndian(4, at: place), place + 12 + length <= bytes.count {
      let name = Array(bytes[place + 4..<place + 8])
      let end = place + 12 + length
      if kept.contains(name) { pixels += bytes[place..<end] }
      if name == kept[4] { return pixels }
      place = end
    }
    return nil
  }

  /// Whether a PNG file has a chunk that makes colours transparent.
  var hasTransparentColour: Bool {
    var place = 8
    while let length = bigEndian(4, at: place), place + 12 + length <= bytes.count {
      if bytes[place + 4..<place + 8].elementsEqual("tRNS".utf8) { return true }
      place += 12 + length
    }
    return false
  }

  /// The size in the frame header of a JPEG file, and whether it has one component.
  ///
  /// Nil if there is none, or if no end-of-image marker follows: libjpeg fills what is missing with grey, and libgd keeps
  /// quiet about it. Within coded data a byte 0xFF is followed by 0 or by a restart marker, so that the marker is unique.
  func jpegFrame() -> (width: Int, height: Int, isGrey: Bool)? {
    var frame: (width: Int, height: Int, isGrey: Bool)?
    var place = 2
    while let first = byte(at: place), let marker = byte(at: place + 1) {
      guard first == 0xFF else {
        // Stray bytes between segments; libjpeg skips them.
        place += 1
        continue
      }
      switch marker {
      case 0xFF: place += 1  // filling
      case 0x00, 0x01, 0xD0...0xD8: place += 2  // no segments
      case 0xD9: return nil
      case 0xDA:
        var end = bytes.count - 2
        while end > place {
          if bytes[end] == 0xFF && bytes[end + 1] == 0xD9 { return frame }
          end -= 1
        }
        return nil
      default:
        guard let length = bigEndian(2, at: place + 2), length >= 2 else { return nil }
        // SOF0 to SOF15; among them are three other segments: DHT, JPG, DAC.
        if (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC && frame == nil {
          guard let height = bigEndian(2, at: place + 5), let width = bigEndian(2, at: place + 7),
            let components = byte(at: place + 9)
          else { return nil }
          frame = (width, height, components == 1)
        }
        place += 2 + length
      }
    }
    return nil
  }

  /// Whether a GIF file has its first image to the end: libgd takes what there is.
  func gifHasWholeImage() -> Bool {
    func colours(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
    guard let flags = byte(at: 10) else { return false }
    var place = 13 + colours(flags)
    while let block = byte(at: place) {
      switch block {
      case 0x21: place += 2  // an extension and its kind
      case 0x2C:
        guard let flags = byte(at: place + 9) else { return false }
        return end(ofBlocksAt: place + 11 + colours(flags)) != nil
      default: return false
      }
      guard let next = end(ofBlocksAt: place) else { return false }
      place = next
    }
    return false
  }

  /// The place after blocks that begin with their length each; the last is empty.
  private func end(ofBlocksAt start: Int) -> Int? {
    var place = start
    while let length = byte(at: place) {
      place += 1 + Int(length)
      if length == 0 { return place }
    }
    return nil
  }

  /// The size in the first chunk of a WebP file: lossy, lossless, or with extensions.
  func webpSize() -> (width: Int, height: Int)? {
    guard bytes.count >= 30 else { return nil }
    switch Array(bytes[12..<16]) {
    case Array("VP8 ".utf8):
      guard let width = littleEndian(2, at: 26), let height = littleEndian(2, at: 28) else { return nil }
      return (width & 0x3FFF, height & 0x3FFF)
    case Array("VP8L".utf8):
      guard let sizes = littleEndian(4, at: 21) else { return nil }
      return ((sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1)
    case Array("VP8X".utf8):
      guard let width = littleEndian(3, at: 24), let height = littleEndian(3, at: 27) else { return nil }
      return (width + 1, height + 1)
    default: return nil
    }
  }
}
