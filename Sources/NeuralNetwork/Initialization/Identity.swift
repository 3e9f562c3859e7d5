import Numerics

/// `gain` where the last two positions agree, else 0: the identity matrix and, for a window of more than one position, one
/// at each.
///
/// Keras has it for matrices alone.
public struct Identity: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "Identity"
  /// Other names it goes by.
  public static let aliases = ["IdentityInitializer"]

  /// The value on the diagonal.
  public var gain: Double

  /// Values with Keras' defaults.
  public init(gain: Double = 1) {
    self.gain = gain
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case gain }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    gain = try container.decodeNumber(forKey: .gain, or: gain, .any)
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    let columns = max(1, shape.last ?? 1)
    let rows = max(1, shape.dropLast().last ?? 1)
    for index in 0..<values.count {
      values[index] = index / columns % rows == index % columns ? Float(gain) : 0
    }
  }
}
