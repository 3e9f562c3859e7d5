import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Numbers at the ends of their ranges, and what is no number, in place of every setting of a run: an error that names the
/// place, or settings that are the same when they are written and read again.
@Suite struct RunSettingBoundsTests {
  static let values = [
    "0", "1", "-1", "0.5", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1e308", "-1e308",
    "1e-320", "1e999", ".nan", "-.inf", "much", "[]", "[1, 2]", "[0.5, 0.25]", "{}", "null", "true", "''", "1e400/3",
    "1/0",
  ]

  @Test(arguments: TrainingConfiguration.settings + TrainingConfiguration.innerSettings)
  func everySetting(path: String) throws {
    for text in Self.values {
      var tree = ConfigurationTree()
      // What has no meaning alone.
      if path.hasPrefix("optimizer.") { tree.set("optimizer.name", to: .string("adam")) }
      if path.hasPrefix("schedule.") { tree.set("schedule.name", to: .string("exponential_decay")) }
      if path.hasPrefix("early_stopping.") { tree.set("early_stopping.patience", to: .int(3)) }
      if path == "augmentation.random_crop", text != "null" {
        tree.set("augmentation.random_crop.padding", to: ConfigurationTree.value(text))
      } else {
        tree.set(path, to: ConfigurationTree.value(text))
      }
      do {
        let settings = try tree.decode(TrainingConfiguration.self)
        let written = try settings.yaml()
        let again = try ConfigurationTree(yaml: written, from: "again").decode(TrainingConfiguration.self)
        #expect(try again.yaml() == written, "\(path): \(text)")
        try expectNumbers(settings.augmentation, "\(path): \(text)")
      } catch let error as ConfigurationError {
        #expect(!error.description.isEmpty)
      }
    }
  }

  /// What can be written can be applied: every pixel stays a number.
  private func expectNumbers(_ augmentation: Augmentation?, _ name: String) throws {
    guard let augmentation else { return }
    let transformer = ImageTransformer(augmentation, seed: 1)
    let samples = try Self.samples.get()
    var image = [Float](repeating: 0, count: 64)
    for sample in 0..<8 {
      image.withUnsafeMutableBufferPointer { transformer.copyImage(sample, of: samples, epoch: 0, into: $0) }
      #expect(image.allSatisfy { !$0.isNaN }, "\(name)")
    }
  }

  private static let samples = Result {
    let store = try ImageStore(opening: StoreSelection(BuiltProgram.digits))
    let samples = try StoredSamples(of: store, split: .test, range: 0..<8)
    try samples.read(0..<8)
    return samples
  }
}
