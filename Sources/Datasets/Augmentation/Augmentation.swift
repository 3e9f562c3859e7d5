/// How images are changed at random each time training sees them: the settings of Keras' `ImageDataGenerator`.
///
/// Each is named and works as there, on images `[H, W, C]`, unless its comment says otherwise; the default changes nothing.
public struct Augmentation: Sendable, Equatable {
  /// Turns by an angle of `-rotationRange...rotationRange`, in degrees.
  public var rotationRange = 0.0
  /// Moves to the left or right.
  ///
  /// Keras 3.15 moves up and down here and sideways for the height: it exchanges the axes on the way. This is what its
  /// documentation says.
  public var widthShiftRange = ShiftRange.none
  /// Moves up or down.
  public var heightShiftRange = ShiftRange.none
  /// Shears by an angle of `-shearRange...shearRange`, in degrees.
  public var shearRange = 0.0
  /// Stretches by factors of this range, drawn for each axis; below 1 the image becomes larger.
  public var zoomRange = 1.0...1.0
  /// Exchanges left and right in half of the images.
  public var horizontalFlip = false
  /// Exchanges top and bottom in half of the images.
  public var verticalFlip = false
  /// Multiplies all pixels by a factor of this range; nil leaves them.
  ///
  /// Pixels that are stored as bytes stay within 0 to 255, but are not rounded as by Keras. Others are only multiplied: what
  /// their range is, is not known, and Keras' way over bytes would make a black image of one in [0, 1].
  public var brightnessRange: ClosedRange<Double>?
  /// Adds one number of `-channelShiftRange...channelShiftRange` to all pixels, within what the image's least and largest were.
  public var channelShiftRange = 0.0
  /// What lies beyond the edges of an image.
  public var fillMode = FillMode.nearest
  /// The pixel beyond the edges if ``fillMode`` is `constant`, as the store counts.
  public var constant = 0.0
  /// Cuts a window of the image's size at random out of the image with so many pixels around it (Keras has no such
  /// setting; it is how CIFAR-10 is commonly augmented).
  public var cropPadding = 0

  /// Settings that change nothing.
  public init() {}

  /// Whether images come out as they went in.
  public var changesNothing: Bool {
    var rest = self
    rest.fillMode = .nearest
    rest.constant = 0
    return rest == Augmentation()
  }
}

/// How far an image is moved along an axis, one way or the other.
public enum ShiftRange: Sendable, Equatable {
  /// Not at all.
  case none
  /// Any part of its size up to this one, which is below 1.
  case fraction(Double)
  /// Any distance up to so many pixels.
  case pixels(Double)
  /// Fewer than so many pixels, and whole ones: every pixel keeps its value. Keras draws so for a whole number.
  case wholePixels(Int)

  /// The distance in pixels that `draw`, a number of `[0, 1)`, stands for on an axis of `length` pixels.
  func distance(_ draw: Double, length: Int) -> Double {
    switch self {
    case .none:
      return 0
    case .fraction(let part):
      return (2 * draw - 1) * part * Double(length)
    case .pixels(let most):
      return (2 * draw - 1) * most
    case .wholePixels(let bound):
      // A distance below the bound and a sign, both as likely as any other, as Keras draws them: 0 comes up for both signs.
      let choice = Int(draw * 2 * Double(bound))
      return Double(choice % 2 == 0 ? choice / 2 : -(choice / 2))
    }
  }
}
