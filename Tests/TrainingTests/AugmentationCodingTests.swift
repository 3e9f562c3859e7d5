import Datasets
import NeuralNetwork
import Testing

@testable import Training

@Suite struct AugmentationCodingTests {
  private func read(_ yaml: String) throws -> Augmentation? {
    try ConfigurationTree(yaml: "augmentation: \(yaml)", from: "run.yaml").decode(TrainingConfiguration.self)
      .augmentation
  }

  @Test func everyKeyIsReadAndWritten() throws {
    let augmentation = try #require(
      try read(
        """
        {rotation_range: 40, width_shift_range: 0.2, height_shift_range: 3, shear_range: 0.5, zoom_range: [0.5, 1.25],
          horizontal_flip: true, vertical_flip: true, brightness_range: [0.5, 1.5], channel_shift_range: 10, fill_mode: constant,
          cval: -1.5, random_crop: {padding: 4}}
        """))
    var expected = Augmentation()
    expected.rotationRange = 40
    expected.widthShiftRange = .fraction(0.2)
    expected.heightShiftRange = .wholePixels(3)
    expected.shearRange = 0.5
    expected.zoomRange = 0.5...1.25
    expected.horizontalFlip = true
    expected.verticalFlip = true
    expected.brightnessRange = 0.5...1.5
    expected.channelShiftRange = 10
    expected.fillMode = .constant
    expected.constant = -1.5
    expected.cropPadding = 4
    #expect(augmentation == expected)
    var configuration = TrainingConfiguration()
    configuration.augmentation = augmentation
    let written = try configuration.yaml()
    let again = try ConfigurationTree(yaml: written, from: "").decode(TrainingConfiguration.self)
    #expect(again.augmentation == expected)
    #expect(try again.yaml() == written)
  }

  /// Whole numbers of pixels and others are drawn differently, so a file that was written must keep them apart.
  @Test(arguments: [
    ("3", ShiftRange.wholePixels(3)), ("3.0", .pixels(3)), ("1.0", .pixels(1)), ("0.5", .fraction(0.5)), ("0", .none),
    ("0.0", .none),
  ])
  func shifts(text: String, expected: ShiftRange) throws {
    let augmentation = try #require(try read("{width_shift_range: \(text), horizontal_flip: true}"))
    #expect(augmentation.widthShiftRange == expected)
    var configuration = TrainingConfiguration()
    configuration.augmentation = augmentation
    let again = try ConfigurationTree(yaml: configuration.yaml(), from: "").decode(TrainingConfiguration.self)
    #expect(again.augmentation?.widthShiftRange == expected)
  }

  @Test func zoomOfOneNumberLiesAboutOne() throws {
    #expect(try read("{zoom_range: 0.25}")?.zoomRange == 0.75...1.25)
    #expect(try read("{zoom_range: 0, horizontal_flip: true}")?.zoomRange == 1...1)
  }

  @Test func nothing() throws {
    #expect(try read("") == nil)
    #expect(try read("{}") == nil)
    #expect(
      try read("{fill_mode: wrap, zoom_range: 0, brightness_range: null, random_crop: null}") == nil)
    #expect(try TrainingConfiguration().yaml().contains("augmentation") == false)
  }

  @Test(arguments: [
    ("{rotation: 3}", ": unknown key 'rotation'; known keys: brightness_range, channel_shift_range, cval"),
    ("{rotation_rang: 3}", ": unknown key 'rotation_rang'; did you mean 'rotation_range'?"),
    ("{rotation_range: -1}", ".rotation_range: expected a number from 0.0 to 360.0, found -1.0"),
    ("{rotation_range: .nan}", ".rotation_range: expected a number from 0.0 to 360.0, found nan"),
    ("{rotation_range: many}", ".rotation_range: expected a number, found 'many'"),
    ("{shear_range: 91}", ".shear_range: expected a number from 0.0 to 90.0, found 91.0"),
    ("{width_shift_range: -0.1}", ".width_shift_range: expected a number from 0 to 65536, found -0.1"),
    ("{width_shift_range: 1}", ".width_shift_range: expected a part below 1, or pixels, found 1; Keras moves fewer"),
    ("{height_shift_range: [1, 2]}", ".height_shift_range: expected a number from 0 to 65536, found a list"),
    ("{height_shift_range: 70000}", ".height_shift_range: expected a number from 0 to 65536, found 70000"),
    ("{zoom_range: 1}", ".zoom_range: expected a number from 0 to below 1, or two, found 1.0; write"),
    (
      "{zoom_range: [2, 1]}",
      ".zoom_range: expected two numbers from 0.001 to 1000.0, the smaller first, found [2.0, 1.0]"
    ),
    ("{zoom_range: [0, 1]}", ".zoom_range: expected two numbers from 0.001 to 1000.0"),
    ("{brightness_range: 0.5}", ".brightness_range: expected a list, found 0.5"),
    (
      "{brightness_range: [0.5]}",
      ".brightness_range: expected two numbers from 0.0 to 1000.0, the smaller first, found"
    ),
    ("{channel_shift_range: .inf}", ".channel_shift_range: expected a number from 0.0 to 1e+30, found inf"),
    ("{fill_mode: mirror}", ".fill_mode: unknown value 'mirror'; known: nearest, constant, reflect, wrap"),
    ("{horizontal_flip: 1}", ".horizontal_flip: expected true or false, found 1"),
    ("{random_crop: 4}", ".random_crop: expected a mapping, found 4"),
    ("{random_crop: {pading: 4}}", ".random_crop: unknown key 'pading'; did you mean 'padding'?"),
    ("{random_crop: {}}", ".random_crop: the key 'padding' is missing"),
    ("{random_crop: {padding: -4}}", ".random_crop.padding: expected a whole number from 0 up, found -4"),
    ("true", ": expected a mapping, found true"),
  ])
  func errorsNamePlaceAndRemedy(yaml: String, text: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
    #expect(error?.description.hasPrefix("augmentation" + text) == true, "\(error?.description ?? "")")
  }
}
