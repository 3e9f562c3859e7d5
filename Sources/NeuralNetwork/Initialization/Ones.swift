import Numerics

/// All ones, as scales start.
public struct Ones: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "Ones"

  /// The initializer has no settings.
  public init() {}

  private enum CodingKeys: CodingKey, CaseIterable {}

  /// Reads nothing.
  public init(from decoder: any Decoder) throws { _ = try decoder.initializerContainer(keyedBy: CodingKeys.self) }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    for index in 0..<values.count { values[index] = 1 }
  }
}
