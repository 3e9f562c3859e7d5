extension Picture {
  /// How a picture becomes one of a size that is asked for.
  public enum Fit: String, CaseIterable, Sendable {
    /// Each axis by itself, which changes the aspect.
    case stretch
    /// Scaled until it covers the size; what sticks out on two sides is cut off.
    case crop
    /// Scaled until it fits into the size; the rest is black.
    case letterbox
  }
}

/// Which part of a picture comes to lie where.
struct Placement: Equatable {
  /// A part of a picture, in whole pixels.
  struct Rectangle: Equatable {
    var x = 0
    var y = 0
    var width: Int
    var height: Int
  }

  /// The part that is seen.
  let source: Rectangle
  /// Where it is seen in the result.
  let target: Rectangle

  /// Places a picture of one size in another; what is cut off or left over is the same on both sides, to a pixel.
  ///
  /// The parts are whole pixels, the nearest to the aspect that is asked for, and at least one.
  init(_ fit: Picture.Fit, from size: (height: Int, width: Int), to result: (height: Int, width: Int)) {
    var source = Rectangle(width: size.width, height: size.height)
    var target = Rectangle(width: result.width, height: result.height)
    let isWider = size.width * result.height > result.width * size.height
    switch fit {
    case .stretch: break
    case .crop:
      if isWider {
        source.width = min(size.width, nearest(size.height * result.width, over: result.height))
      } else {
        source.height = min(size.height, nearest(size.width * result.height, over: result.width))
      }
      source.x = (size.width - source.width) / 2
      source.y = (size.height - source.height) / 2
    case .letterbox:
      if isWider {
        target.height = min(result.height, nearest(size.height * result.width, over: size.width))
      } else {
        target.width = min(result.width, nearest(size.width * result.height, over: size.height))
      }
      target.x = (result.width - target.width) / 2
      target.y = (result.height - target.height) / 2
    }
    self.source = source
    self.target = target
  }
}

/// The quotient, rounded, but at least 1.
private func nearest(_ number: Int, over divisor: Int) -> Int { max(1, (2 * number + divisor) / (2 * divisor)) }
