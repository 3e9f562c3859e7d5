import Datasets
import NeuralNetwork

extension ImageStore {
  /// The images that are looked at.
  private static let looksAt = 16
  /// Pixels up to this, and learning rates up to that, are no reason for a word.
  private static let (smallPixel, smallRate): (Float, Double) = (32, 0.0005)

  /// What is to be said if pixels of 0 to 255 go into the model as they are stored; nil if there is nothing to say.
  ///
  /// Losses in the thousands, and nothing learned, is how it shows otherwise.
  func pixelWarning(for model: ModelDescription, learningRate: Double) throws -> String? {
    let bringsIntoRange = ["Rescaling", "Normalization", "BatchNormalization", "OneHot"]
    guard learningRate > Self.smallRate, let first = model.layers.first,
      !bringsIntoRange.contains(type(of: first).kind)
    else { return nil }
    let split = try split(.train)
    let samples = try StoredSamples(of: self, split: .train, range: 0..<min(Self.looksAt, split.count))
    var image = [Float](repeating: 0, count: samples.elementsPerImage)
    var largest: Float = 0
    for index in 0..<samples.count {
      var pixels = image.mutableSpan
      samples.copyImage(index, into: &pixels)
      largest = max(largest, image.max() ?? 0)
    }
    guard largest > Self.smallPixel else { return nil }
    return "pixels reach \(largest) and are fed as they are: begin the model with Rescaling: {scale: "
      + "\(largest <= 255 ? "1/255" : "1/\(largest)")} or Normalization, or take a much smaller --learning-rate"
  }
}
