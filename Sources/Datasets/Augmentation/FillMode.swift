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
}
