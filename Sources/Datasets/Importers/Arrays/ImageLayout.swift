/// Where the channels of an image are in an array, and the image's size.
struct ImageLayout: Sendable, Equatable {
  /// `[H, W, C]`.
  let imageShape: [Int]
  /// Whether the array has them as planes, `[C, H, W]`.
  let isChannelsFirst: Bool

  init(imageShape: [Int], isChannelsFirst: Bool) {
    self.imageShape = imageShape
    self.isChannelsFirst = isChannelsFirst
  }

  /// Understands an array of images: `[N, H, W]`, `[N, H, W, C]`, `[N, C, H, W]` or, if the size is known, `[N, H * W]`.
  init(of images: StoredArray, size: (height: Int, width: Int)?) throws(DatasetError) {
    let shape = images.shape
    let lengths = "shape \(shape)"
    guard (2...4).contains(shape.count) else {
      throw images.error(
        expected: "images [N, H, W], [N, H, W, C], [N, C, H, W] or [N, H * W]", found: lengths,
        advice: "choose the images by --images, or bring them to one of these shapes")
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw images.error(
        expected: "at least one image with at least one pixel", found: lengths, advice: "check how it was written")
    }
    if let axes = ImageAxes(suggestedBy: shape) {
      self.init(imageShape: axes.imageShape(of: shape), isChannelsFirst: axes == .nchw)
    } else {
      guard let size else {
        throw images.error(
          expected: "images [N, H, W], or their size", found: lengths,
          advice: "say how they are to be read, such as --size 28x28")
      }
      guard size.height.multipliedReportingOverflow(by: size.width) == (shape[1], false) else {
        throw images.error(
          expected: "\(size.height)×\(size.width) pixels in each row, by --size", found: lengths,
          advice: "give the --size of the images; those with several channels need an axis for them")
      }
      self.init(imageShape: [size.height, size.width, 1], isChannelsFirst: false)
    }
    if let size, imageShape[0] != size.height || imageShape[1] != size.width {
      throw images.error(
        expected: "images of \(size.height)×\(size.width) pixels, by --size",
        found: "\(imageShape[0])×\(imageShape[1])", advice: "leave out --size: only pictures are scaled")
    }
  }
}
