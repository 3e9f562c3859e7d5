/// The shape of an image, `[height, width, channels]`.
struct ImageSize: Sendable, Equatable {
  let height: Int
  let width: Int
  let channels: Int

  /// Takes `[H, W, C]`.
  init(_ shape: [Int]) {
    precondition(shape.count == 3 && shape.allSatisfy { $0 > 0 }, "images of shape \(shape) instead of [H, W, C]")
    (height, width, channels) = (shape[0], shape[1], shape[2])
  }

  var elementCount: Int { height * width * channels }
}

/// Writes the transformed `source` to `result`, both `[height, width, channels]`, by bilinear interpolation.
///
/// Each pixel is `scipy.ndimage.affine_transform` of order 1 for every channel. Places are computed in double precision, so
/// that a flip or a shift by whole pixels gives the very pixels; it is the colours that have single precision.
func resample(
  _ source: UnsafeBufferPointer<UInt8>, _ size: ImageSize, by transform: AffineTransform, fill: FillMode,
  constant: Float, into result: UnsafeMutableBufferPointer<Float>
) {
  interpolate(source, size, transform, fill, constant, result)
}

/// The same for images of floating-point numbers.
func resample(
  _ source: UnsafeBufferPointer<Float>, _ size: ImageSize, by transform: AffineTransform, fill: FillMode,
  constant: Float, into result: UnsafeMutableBufferPointer<Float>
) {
  interpolate(source, size, transform, fill, constant, result)
}

// All that the loop calls is in this file: without whole-module optimisation (`swift test`) the compiler looks no further
// for what it can inline, and the loop takes several times as long.

/// A type that pixels are stored in.
private protocol StoredPixel {
  /// The number that a network is given for the pixel.
  var number: Float { get }
}

extension UInt8: StoredPixel {
  fileprivate var number: Float { Float(self) }
}

extension Float: StoredPixel {
  fileprivate var number: Float { self }
}

@inline(__always)
private func interpolate<Pixel: StoredPixel>(
  _ source: UnsafeBufferPointer<Pixel>, _ size: ImageSize, _ transform: AffineTransform, _ fill: FillMode,
  _ constant: Float, _ result: UnsafeMutableBufferPointer<Float>
) {
  precondition(source.count == size.elementCount && result.count == size.elementCount, "not images of \(size)")
  let source = source.span
  var result = result.mutableSpan
  let channels = size.channels
  let (lastColumn, lastRow) = (size.width - 1, size.height - 1)
  let (lastX, lastY) = (Double(lastColumn), Double(lastRow))
  var position = 0
  for row in 0..<size.height {
    let rowX = transform.xy * Double(row) + transform.x0
    let rowY = transform.yy * Double(row) + transform.y0
    for column in 0..<size.width {
      let sourceX = fill.inside(transform.xx * Double(column) + rowX, last: lastX)
      let sourceY = fill.inside(transform.yx * Double(column) + rowY, last: lastY)
      guard let x = sourceX, let y = sourceY else {
        for channel in 0..<channels { result[unchecked: position + channel] = constant }
        position += channels
        continue
      }
      let (left, top) = (Int(x), Int(y))
      let (shareRight, shareBottom) = (Float(x - Double(left)), Float(y - Double(top)))
      let first = (top * size.width + left) * channels
      // Whole pixels, as flips and crops alone have them, take half the time.
      if shareRight == 0 && shareBottom == 0 {
        for channel in 0..<channels {
          result[unchecked: position + channel] = source[unchecked: first + channel].number
        }
        position += channels
        continue
      }
      let toRight = left < lastColumn ? channels : 0
      let toBottom = top < lastRow ? size.width * channels : 0
      for channel in 0..<channels {
        let topLeft = source[unchecked: first + channel].number
        let topRight = source[unchecked: first + toRight + channel].number
        let bottomLeft = source[unchecked: first + toBottom + channel].number
        let bottomRight = source[unchecked: first + toBottom + toRight + channel].number
        let above = topLeft + shareRight * (topRight - topLeft)
        let below = bottomLeft + shareRight * (bottomRight - bottomLeft)
        result[unchecked: position + channel] = above + shareBottom * (below - above)
      }
      position += channels
    }
  }
}

extension FillMode {
  /// The place within `0...last` whose value stands at `place`; nil if that is the constant.
  ///
  /// Source: `map_coordinate` of scipy's `ni_interpolation.c`.
  @inline(__always)
  fileprivate func inside(_ place: Double, last: Double) -> Double? {
    if place >= 0 && place <= last { return place }
    switch self {
    case .nearest:
      return place < 0 ? 0 : last
    case .constant:
      return nil
    case .reflect:
      // The mirrors stand half a pixel beyond the outermost ones, so two images on there is the first again.
      let period = 2 * (last + 1)
      let rest = place - period * (place / period).rounded(.down)
      return min(max(rest <= last + 0.5 ? rest : period - 1 - rest, 0), last)
    case .wrap:
      guard last > 0 else { return 0 }
      return place < 0
        ? place + last * ((-place / last).rounded(.down) + 1) : place - last * (place / last).rounded(.down)
    }
  }
}
