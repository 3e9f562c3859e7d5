/// A type that pixels are stored in.
protocol StoredPixel {
  /// The number that a network is given for the pixel.
  var number: Float { get }
}

extension UInt8: StoredPixel {
  @inline(__always) var number: Float { Float(self) }
}

extension Float: StoredPixel {
  @inline(__always) var number: Float { self }
}

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
@inline(never)
func resample<Pixel: StoredPixel>(
  _ source: UnsafeBufferPointer<Pixel>, _ size: ImageSize, by transform: AffineTransform, fill: FillMode,
  constant: Float, into result: UnsafeMutableBufferPointer<Float>
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
      let toRight = left < lastColumn ? channels : 0
      let toBottom = top < lastRow ? size.width * channels : 0
      let first = (top * size.width + left) * channels
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
