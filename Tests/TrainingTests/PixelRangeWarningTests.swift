import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

@Suite struct PixelRangeWarningTests {
  private func warning(_ pixel: UInt8, _ layers: [any Layer], learningRate: Double = 0.01) throws -> String? {
    let path = FileManager.default.temporaryDirectory.appending(path: "pixels-\(UUID().uuidString).h5")
      .path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let samples = ImageStoreWriter.Samples(
      images: .uint8([0, 3, pixel, 1]), imageShape: [1, 2, 1], labels: .classes([0, 1]))
    try ImageStoreWriter.write([.train: samples], to: path)
    return try ImageStore(opening: path).pixelWarning(
      for: ModelDescription(name: "m", l2: 0, layers: layers), learningRate: learningRate)
  }

  private let dense: [any Layer] = [Flatten(), Dense(units: 2)]

  @Test func largePixels() throws {
    let text = try #require(try warning(200, dense))
    #expect(text.contains("pixels reach 200.0"), "\(text)")
    #expect(text.contains("Rescaling: {scale: 1/255}"), "\(text)")
  }

  /// The digits have 0 to 16, and whoever scales, or walks slowly, knows.
  @Test func nothingToSay() throws {
    #expect(try warning(16, dense) == nil)
    #expect(try warning(200, [BatchNormalization()] + dense) == nil)
    #expect(try warning(200, dense, learningRate: 0.0001) == nil)
  }
}
