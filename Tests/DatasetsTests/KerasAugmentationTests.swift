import Foundation
import Testing

@testable import Datasets

/// Transformed images against Keras' own: Golden/augmentation.json, made by make_augmentation.py with Keras 3.15.
@Suite struct KerasAugmentationTests {
  struct Golden: Decodable {
    struct Image: Decodable {
      let shape: [Int]
      let pixels: [UInt8]
    }

    struct Parameters: Decodable {
      var theta: Double?
      var tx: Double?
      var ty: Double?
      var shear: Double?
      var zx: Double?
      var zy: Double?
      var flip_horizontal: Bool?
      var flip_vertical: Bool?
      var channel_shift: Double?
    }

    struct Case: Decodable {
      let image: Int
      let fill_mode: String
      let parameters: Parameters
      let result: [Float]
    }

    struct Crop: Decodable {
      let image: Int
      let fill_mode: String
      let y: Int
      let x: Int
      let result: [Float]
    }

    struct Brightness: Decodable {
      let image: Int
      let factor: Double
      let result: [Float]
    }

    let images: [Image]
    let constant: Double
    let cases: [Case]
    let crops: [Crop]
    let brightness: [Brightness]
  }

  private let golden: Golden

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/augmentation.json")
    golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }

  /// 1e-4 of the range of a byte.
  ///
  /// A pixel differs by rounding alone: Keras adds four products in double precision, `resample` interpolates in single, and
  /// the file has three decimals. A place that is off by a hundredth of a pixel would show by a hundred times as much.
  private static let tolerance: Float = 1e-4 * 255

  private func transform(_ image: Int, _ fillMode: String, _ parameters: TransformParameters) throws -> [Float] {
    let image = golden.images[image]
    var augmentation = Augmentation()
    augmentation.fillMode = try #require(FillMode(rawValue: fillMode))
    augmentation.constant = golden.constant
    let samples = try storedSamples([image.pixels], shape: image.shape)
    return transformed(0, of: samples, ImageTransformer(augmentation, seed: 0), parameters)
  }

  @Test func affineMapsFlipsAndChannelShifts() throws {
    #expect(golden.cases.count > 250)
    #expect(Set(golden.cases.map(\.fill_mode)) == Set(FillMode.allCases.map(\.rawValue)))
    for item in golden.cases {
      let given = item.parameters
      var parameters = TransformParameters()
      parameters.rotation = given.theta ?? 0
      parameters.shift = SIMD2(given.tx ?? 0, given.ty ?? 0)
      parameters.shear = given.shear ?? 0
      parameters.zoom = SIMD2(given.zx ?? 1, given.zy ?? 1)
      parameters.horizontalFlip = given.flip_horizontal ?? false
      parameters.verticalFlip = given.flip_vertical ?? false
      parameters.channelShift = given.channel_shift ?? 0
      let found = try transform(item.image, item.fill_mode, parameters)
      expectClose(found, item.result, "\(item.fill_mode), image \(item.image), \(given)")
    }
  }

  /// A window, then a flip: whole pixels, so no tolerance.
  @Test func cropsAreExact() throws {
    #expect(golden.crops.count >= 50)
    for item in golden.crops {
      var parameters = TransformParameters()
      parameters.crop = SIMD2(item.x, item.y)
      parameters.horizontalFlip = true
      let found = try transform(item.image, item.fill_mode, parameters)
      #expect(found == item.result, "\(item.fill_mode), image \(item.image), \(item.y), \(item.x)")
    }
  }

  /// Keras goes over a picture of bytes, whose values Pillow rounds down.
  @Test func brightness() throws {
    #expect(golden.brightness.count >= 12)
    for item in golden.brightness {
      var parameters = TransformParameters()
      parameters.brightness = item.factor
      let found = try transform(item.image, "nearest", parameters)
      #expect(
        zip(found, item.result).allSatisfy { (-0.001..<1.001).contains($0 - $1) }, "\(item.factor): \(found)")
    }
  }

  private func expectClose(_ found: [Float], _ expected: [Float], _ what: String) {
    #expect(found.count == expected.count)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= Self.tolerance, "\(what): off by \(worst): \(found) instead of \(expected)")
  }
}
