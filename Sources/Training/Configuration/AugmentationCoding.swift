import Datasets
import NeuralNetwork

/// The key `augmentation` of a run file: the names and forms of Keras' `ImageDataGenerator`, and `random_crop`.
extension Augmentation: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case rotationRange = "rotation_range", widthShiftRange = "width_shift_range"
    case heightShiftRange = "height_shift_range", shearRange = "shear_range", zoomRange = "zoom_range"
    case horizontalFlip = "horizontal_flip", verticalFlip = "vertical_flip", brightnessRange = "brightness_range"
    case channelShiftRange = "channel_shift_range", randomCrop = "random_crop", fillMode = "fill_mode", cval
  }

  private enum CropKeys: String, CodingKey, CaseIterable { case padding }

  /// Beyond these an image is one colour, and places would leave the numbers that are exact.
  private enum Limits {
    static let pixels = 65_536
    static let zoom = 1_000.0
    static let colour = 1e30
  }

  /// Reads the keys that are written; the others change nothing.
  ///
  /// - Throws: ``ConfigurationError`` that names the key, what it may be, and the nearest known key.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    rotationRange = try container.number(.rotationRange, 0...360) ?? rotationRange
    widthShiftRange = try container.shiftRange(.widthShiftRange, largest: Limits.pixels)
    heightShiftRange = try container.shiftRange(.heightShiftRange, largest: Limits.pixels)
    shearRange = try container.number(.shearRange, 0...90) ?? shearRange
    zoomRange = try container.zoomRange(.zoomRange, largest: Limits.zoom) ?? zoomRange
    horizontalFlip = try container.decodeIfPresent(Bool.self, forKey: .horizontalFlip) ?? horizontalFlip
    verticalFlip = try container.decodeIfPresent(Bool.self, forKey: .verticalFlip) ?? verticalFlip
    brightnessRange = try container.range(.brightnessRange, 0...Limits.zoom)
    channelShiftRange = try container.number(.channelShiftRange, 0...Limits.colour) ?? channelShiftRange
    fillMode = try container.decodeChoice(forKey: .fillMode) ?? fillMode
    constant = try container.number(.cval, -Limits.colour...Limits.colour) ?? constant
    if container.contains(.randomCrop), try !container.decodeNil(forKey: .randomCrop) {
      let crop = try container.superDecoder(forKey: .randomCrop).strictContainer(keyedBy: CropKeys.self)
      cropPadding = try crop.decodeCount(forKey: .padding, from: 0, to: Limits.pixels)
    }
  }

  /// Writes what differs from the default, in the form that ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    let none = Augmentation()
    var container = encoder.container(keyedBy: CodingKeys.self)
    func encode<T: Encodable & Equatable>(_ value: T, unless other: T, _ key: CodingKeys) throws {
      if value != other { try container.encode(value, forKey: key) }
    }
    try encode(rotationRange, unless: none.rotationRange, .rotationRange)
    try encode(widthShiftRange.written, unless: .null, .widthShiftRange)
    try encode(heightShiftRange.written, unless: .null, .heightShiftRange)
    try encode(shearRange, unless: none.shearRange, .shearRange)
    try encode(zoomRange.bounds, unless: none.zoomRange.bounds, .zoomRange)
    try encode(horizontalFlip, unless: none.horizontalFlip, .horizontalFlip)
    try encode(verticalFlip, unless: none.verticalFlip, .verticalFlip)
    try encode(brightnessRange?.bounds, unless: nil, .brightnessRange)
    try encode(channelShiftRange, unless: none.channelShiftRange, .channelShiftRange)
    try encode(cropPadding == 0 ? nil : [CropKeys.padding.rawValue: cropPadding], unless: nil, .randomCrop)
    try encode(fillMode.rawValue, unless: none.fillMode.rawValue, .fillMode)
    try encode(constant, unless: none.constant, .cval)
  }
}

extension KeyedDecodingContainer {
  private func wrong(_ key: Key, _ expected: String, _ found: some CustomStringConvertible, _ advice: String? = nil)
    -> ConfigurationError
  {
    ConfigurationError(
      "expected \(expected), found \(found)", at: ConfigurationError.place(codingPath + [key]), advice: advice)
  }

  /// A number within bounds, if it is written.
  fileprivate func number(_ key: Key, _ bounds: ClosedRange<Double>) throws -> Double? {
    guard let number = try decodeIfPresent(Double.self, forKey: key) else { return nil }
    guard bounds.contains(number) else { throw wrong(key, "a number from \(bounds.text)", number) }
    return number
  }

  /// The least and the largest of a range, if they are written.
  fileprivate func range(_ key: Key, _ bounds: ClosedRange<Double>) throws -> ClosedRange<Double>? {
    guard let numbers = try decodeIfPresent([Double].self, forKey: key) else { return nil }
    guard numbers.count == 2, numbers.allSatisfy(bounds.contains), numbers[0] <= numbers[1] else {
      throw wrong(key, "two numbers from \(bounds.text), the smaller first", numbers)
    }
    return numbers[0]...numbers[1]
  }

  /// Keras' `zoom_range`: a number z for 1 - z to 1 + z, or two numbers.
  fileprivate func zoomRange(_ key: Key, largest: Double) throws -> ClosedRange<Double>? {
    guard let value = try decodeIfPresent(ConfigurationValue.self, forKey: key) else { return nil }
    if case .array = value { return try range(key, 1 / largest...largest) }
    guard let zoom = try decodeIfPresent(Double.self, forKey: key) else { return nil }
    guard (0...1 - 1 / largest).contains(zoom) else {
      throw wrong(key, "a number from 0 to below 1, or two", zoom, "write [0.5, 2] for half to twice the distances")
    }
    return 1 - zoom...1 + zoom
  }

  /// Keras' `width_shift_range`: a part below 1, so many pixels, or, as a whole number, fewer than so many whole pixels.
  fileprivate func shiftRange(_ key: Key, largest: Int) throws -> ShiftRange {
    switch try decodeIfPresent(ConfigurationValue.self, forKey: key)?.readingFraction {
    case nil, .null, .int(0), .double(0):
      return .none
    case .int(1):
      throw wrong(key, "a part below 1, or pixels", 1, "Keras moves fewer whole pixels than this, none; write 1.0 or 2")
    case .int(let bound) where (2...largest).contains(bound):
      return .wholePixels(bound)
    case .double(let part) where part > 0 && part < 1:
      return .fraction(part)
    case .double(let pixels) where pixels >= 1 && pixels <= Double(largest):
      return .pixels(pixels)
    case let value?:
      throw wrong(key, "a number from 0 to \(largest)", value)
    }
  }
}

extension ShiftRange {
  /// The form that a run file has.
  fileprivate var written: ConfigurationValue {
    switch self {
    case .none: .null
    case .fraction(let part): .double(part)
    case .pixels(let pixels): .double(pixels)
    case .wholePixels(let bound): .int(bound)
    }
  }
}

extension ClosedRange<Double> {
  fileprivate var bounds: [Double] { [lowerBound, upperBound] }
  fileprivate var text: String { "\(lowerBound) to \(upperBound)" }
}
