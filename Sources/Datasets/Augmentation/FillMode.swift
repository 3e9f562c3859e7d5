/// What lies beyond the edges of an image: the modes of `scipy.ndimage`, which Keras calls.
///
/// Shown for the row `a b c d`.
public enum FillMode: String, CaseIterable, Sendable {
  /// `a a a a | a b c d | d d d d`: the nearest pixel.
  case nearest
  /// `k k k k | a b c d | k k k k`: a number; nothing is blended over the edge.
  case constant
  /// `d c b a | a b c d | d c b a`: the image in a mirror.
  case reflect
  /// `c d b c | a b c d | b c a b`: the image again.
  ///
  /// Scipy lets the last pixel of one image and the first of the next share a place, so the distance of two is one less
  /// than their size; this follows it.
  case wrap

  /// The place within `0...last` whose value stands at `place`; nil if that is the constant.
  ///
  /// Source: `map_coordinate` of scipy's `ni_interpolation.c`.
  @inline(__always)
  func inside(_ place: Double, last: Double) -> Double? {
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
