import Glibc
import Numerics

/// What is done to one image: Keras' transform parameters, drawn or given.
struct TransformParameters: Sendable, Equatable {
  /// The angle of the rotation, in degrees.
  var rotation = 0.0
  /// The shift in pixels, columns and rows.
  var shift = SIMD2(0.0, 0.0)
  /// The angle of the shear, in degrees.
  var shear = 0.0
  /// The factors, for columns and rows.
  var zoom = SIMD2(1.0, 1.0)
  /// Whether left and right are exchanged.
  var horizontalFlip = false
  /// Whether top and bottom are exchanged.
  var verticalFlip = false
  /// What is added to all pixels.
  var channelShift = 0.0
  /// What all pixels are multiplied by.
  var brightness = 1.0
  /// Where the window that is cut out begins, counted from the image's first pixel.
  var crop = SIMD2(0, 0)

  /// Leaves an image as it is.
  init() {}

  /// Draws for one sample in one epoch.
  ///
  /// Every setting has its place in the stream, used or not, so none changes what another one draws.
  init(_ settings: Augmentation, seed: UInt64, epoch: Int, sample: Int, height: Int, width: Int) {
    var stream = RandomStream(seed: seed, purpose: .augmentation, UInt32(epoch), UInt32(sample))
    func draw() -> Double { Double(stream.uniform()) }
    func draw(_ range: Double) -> Double { (2 * draw() - 1) * range }
    func draw(_ range: ClosedRange<Double>) -> Double {
      range.lowerBound + draw() * (range.upperBound - range.lowerBound)
    }
    rotation = draw(settings.rotationRange)
    shift.y = settings.heightShiftRange.distance(draw(), length: height)
    shift.x = settings.widthShiftRange.distance(draw(), length: width)
    shear = draw(settings.shearRange)
    zoom.x = draw(settings.zoomRange)
    zoom.y = draw(settings.zoomRange)
    horizontalFlip = draw() < 0.5 && settings.horizontalFlip
    verticalFlip = draw() < 0.5 && settings.verticalFlip
    channelShift = draw(settings.channelShiftRange)
    brightness = draw(settings.brightnessRange ?? 1...1)
    let places = Double(2 * settings.cropPadding + 1)
    crop.y = Int(draw() * places) - settings.cropPadding
    crop.x = Int(draw() * places) - settings.cropPadding
  }

  /// All that moves pixels, as one map: rotation, shift, shear and zoom about the middle (Keras'
  /// `apply_affine_transform`), then the window, then the flips.
  func affineTransform(height: Int, width: Int) -> AffineTransform {
    var transform = AffineTransform.identity
    // A map that is not asked for is left out, as Keras does: whole pixels stay exact.
    if rotation != 0 {
      let angle = rotation * .pi / 180
      transform = transform * .rotation(cosine: cos(angle), sine: sin(angle))
    }
    transform = transform * .shift(x: shift.x, y: shift.y)
    if shear != 0 {
      let angle = shear * .pi / 180
      transform = transform * .shear(cosine: cos(angle), sine: sin(angle))
    }
    transform = transform * .zoom(x: zoom.x, y: zoom.y)
    return transform.aboutMiddle(height: height, width: width) * .shift(x: Double(crop.x), y: Double(crop.y))
      * .flip(horizontal: horizontalFlip, vertical: verticalFlip, height: height, width: width)
  }
}
