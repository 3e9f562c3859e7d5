import Numerics

/// All values alike.
public struct Constant: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "Constant"

  /// The value.
  public var value: Double

  /// Values with Keras' defaults.
  public init(value: Double = 0) {
    self.value = value
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case value }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    value = try container.decodeNumber(forKey: .value, or: value, .any)
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    for index in 0..<values.count { values[index] = Float(value) }
  }
}
