/// Copies images as training sees them in an epoch: changed at random, in a way that seed, epoch and sample decide alone.
///
/// Neither the order in which samples are asked for nor who asks makes a difference. Allocates nothing.
public struct ImageTransformer: Sendable {
  /// The settings.
  public let augmentation: Augmentation
  private let seed: UInt64

  /// Draws what `augmentation` leaves to chance under the run's seed.
  public init(_ augmentation: Augmentation, seed: UInt64) {
    self.augmentation = augmentation
    self.seed = seed
  }

  /// Writes the image with the index `sample` in the split, `[H, W, C]`, as `epoch` (counted from 0) shows it.
  public func copyImage(
    _ sample: Int, of samples: StoredSamples, epoch: Int, into image: UnsafeMutableBufferPointer<Float>
  ) {
    let size = samples.imageSize
    let parameters = TransformParameters(
      augmentation, seed: seed, epoch: epoch, sample: sample, height: size.height, width: size.width)
    copyImage(sample, of: samples, by: parameters, into: image)
  }

  /// Writes the image as `parameters` change it: places first, then the channel shift, then the brightness, as Keras does.
  func copyImage(
    _ sample: Int, of samples: StoredSamples, by parameters: TransformParameters,
    into image: UnsafeMutableBufferPointer<Float>
  ) {
    let transform = parameters.affineTransform(height: samples.imageSize.height, width: samples.imageSize.width)
    if transform == .identity {
      var pixels = image.mutableSpan
      samples.copyImage(sample, into: &pixels)
    } else {
      samples.resampleImage(
        sample, by: transform, fill: augmentation.fillMode, constant: Float(augmentation.constant), into: image)
    }
    if parameters.channelShift != 0 { shiftWithinRange(image, by: Float(parameters.channelShift)) }
    if parameters.brightness != 1 {
      scale(image, by: Float(parameters.brightness), within: samples.storesBytes ? 0...255 : nil)
    }
  }
}

/// Adds a number to all pixels, none of which leaves the range that they had together (Keras' `apply_channel_shift`).
private func shiftWithinRange(_ image: UnsafeMutableBufferPointer<Float>, by amount: Float) {
  var pixels = image.mutableSpan
  guard pixels.count > 0 else { return }
  var (least, largest) = (pixels[0], pixels[0])
  for index in 1..<pixels.count {
    least = min(least, pixels[unchecked: index])
    largest = max(largest, pixels[unchecked: index])
  }
  for index in 0..<pixels.count {
    pixels[unchecked: index] = min(max(pixels[unchecked: index] + amount, least), largest)
  }
}

/// Multiplies all pixels.
private func scale(
  _ image: UnsafeMutableBufferPointer<Float>, by factor: Float, within range: ClosedRange<Float>?
) {
  var pixels = image.mutableSpan
  for index in 0..<pixels.count { pixels[unchecked: index] *= factor }
  guard let range else { return }
  for index in 0..<pixels.count {
    pixels[unchecked: index] = min(max(pixels[unchecked: index], range.lowerBound), range.upperBound)
  }
}
