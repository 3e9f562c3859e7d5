import Pictures

/// Where the channels of an image are in an array, and the image's size.
struct ImageLayout: Sendable, Equatable {
  /// `[H, W, C]`.
  let imageShape: [Int]
  /// Whether the array has them as planes, `[C, H, W]`.
  let isChannelsFirst: Bool

  /// As many as the largest picture has that is decoded, if it had four channels.
  private static let mostValues = 4 * Picture.maximumPixelCount

  init(imageShape: [Int], isChannelsFirst: Bool) {
    self.imageShape = imageShape
    self.isChannelsFirst = isChannelsFirst
  }

  /// Understands an array of images: `[N, H, W]`, `[N, H, W, C]`, `[N, C, H, W]` or, if the size is known, `[N, H * W * C]`.
  init(of images: StoredArray, _ options: ImportOptions) throws(DatasetError) {
    let size = options.size
    let shape = images.shape
    let lengths = "shape \(shape)"
    guard (2...4).contains(shape.count) else {
      throw images.error(
        expected: "images [N, H, W], [N, H, W, C], [N, C, H, W] or [N, H * W * C]", found: lengths,
        advice: "choose the images by --images, or bring them to one of these shapes")
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw images.error(
        expected: "at least one image with at least one pixel", found: lengths, advice: "check how it was written")
    }
    // The file may have holes: its size does not say that memory has room for an image.
    guard shape.dropFirst().reduce(1, *) <= Self.mostValues else {
      throw images.error(
        expected: "images of at most \(Self.mostValues) values", found: lengths, advice: "divide them into smaller ones"
      )
    }
    if let axes = ImageAxes(suggestedBy: shape) {
      self.init(imageShape: axes.imageShape(of: shape), isChannelsFirst: axes == .nchw)
    } else {
      guard let size else {
        throw images.error(
          expected: "images [N, H, W], or their size", found: lengths,
          advice: "say how they are to be read, such as --size \(Self.likelySize(ofRow: shape[1]))")
      }
      guard let layout = Self(rowOf: shape[1], options) else {
        throw images.error(
          expected: "\(Self.expected(size, options)) in each row, by --size", found: lengths,
          advice: "give the --size of the images: height x width, or height x width x channels")
      }
      self = layout
    }
    if let size, imageShape[0] != size.height || imageShape[1] != size.width {
      throw images.error(
        expected: "images of \(size.height)×\(size.width) pixels, by --size",
        found: "\(imageShape[0])×\(imageShape[1])", advice: "leave out --size: only pictures are scaled")
    }
  }

  /// The layout of images that are rows of numbers: a size that is given, times 1, 3 or 4 channels; nil if it does not fit.
  init?(rowOf count: Int, _ options: ImportOptions) {
    guard let size = options.size else { return nil }
    let (pixels, overflows) = size.height.multipliedReportingOverflow(by: size.width)
    guard !overflows, pixels > 0, count % pixels == 0 else { return nil }
    let channels = count / pixels
    guard options.channels.map({ $0 == channels }) ?? [1, 3, 4].contains(channels) else { return nil }
    self.init(imageShape: [size.height, size.width, channels], isChannelsFirst: options.isPlanar && channels > 1)
  }

  /// What a row should have, for messages.
  static func expected(_ size: (height: Int, width: Int), _ options: ImportOptions) -> String {
    "\(size.height)×\(size.width) pixels\(options.channels.map { " of \($0) channels" } ?? "")"
  }

  /// A square of one or three channels of so many numbers, as `--size` takes it; an example if there is none.
  static func likelySize(ofRow count: Int) -> String {
    let side = squareSide(count)
    if let side { return "\(side)x\(side)" }
    return squareSide(count % 3 == 0 ? count / 3 : 0).map { "\($0)x\($0)x3" } ?? "28x28"
  }

  /// The side of a square of so many pixels; nil if they make none.
  static func squareSide(_ count: Int) -> Int? {
    let side = Int(Double(count).squareRoot())
    return side > 0 && side * side == count ? side : nil
  }
}
