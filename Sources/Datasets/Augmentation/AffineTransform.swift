/// Where the pixels of a transformed image come from: a linear map and a shift of the plane.
///
/// The pixel at (x, y), column and row, takes the value that the source has at
/// `(xx * x + xy * y + x0, yx * x + yy * y + y0)`.
struct AffineTransform: Sendable, Equatable {
  var xx = 1.0
  var xy = 0.0
  var x0 = 0.0
  var yx = 0.0
  var yy = 1.0
  var y0 = 0.0

  /// Every pixel stays where it is.
  static let identity = AffineTransform()

  /// Turns by an angle in radians.
  static func rotation(cosine: Double, sine: Double) -> AffineTransform {
    AffineTransform(xx: cosine, xy: -sine, yx: sine, yy: cosine)
  }

  /// Moves by a distance in pixels.
  static func shift(x: Double, y: Double) -> AffineTransform { AffineTransform(x0: x, y0: y) }

  /// Shears by an angle in radians; Keras' form, which also shortens the image.
  static func shear(cosine: Double, sine: Double) -> AffineTransform { AffineTransform(xy: -sine, yy: cosine) }

  /// Stretches each axis.
  static func zoom(x: Double, y: Double) -> AffineTransform { AffineTransform(xx: x, yy: y) }

  /// Exchanges the sides of an image with so many rows and columns.
  static func flip(horizontal: Bool, vertical: Bool, height: Int, width: Int) -> AffineTransform {
    AffineTransform(
      xx: horizontal ? -1 : 1, x0: horizontal ? Double(width - 1) : 0, yy: vertical ? -1 : 1,
      y0: vertical ? Double(height - 1) : 0)
  }

  /// The product of the matrices: takes the pixels of what `left` makes as `right` says.
  static func * (left: AffineTransform, right: AffineTransform) -> AffineTransform {
    AffineTransform(
      xx: left.xx * right.xx + left.xy * right.yx, xy: left.xx * right.xy + left.xy * right.yy,
      x0: left.xx * right.x0 + left.xy * right.y0 + left.x0,
      yx: left.yx * right.xx + left.yy * right.yx, yy: left.yx * right.xy + left.yy * right.yy,
      y0: left.yx * right.x0 + left.yy * right.y0 + left.y0)
  }

  /// The same about the middle of an image instead of about its first pixel.
  ///
  /// Keras 3.15 takes the middle of the transposed image, which is another one unless the image is square.
  func aboutMiddle(height: Int, width: Int) -> AffineTransform {
    let (x, y) = (Double(width) / 2 - 0.5, Double(height) / 2 - 0.5)
    return .shift(x: x, y: y) * self * .shift(x: -x, y: -y)
  }
}
