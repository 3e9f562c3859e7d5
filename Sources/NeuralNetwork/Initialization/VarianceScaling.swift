import Numerics

/// Random values whose variance is `scale / fan`, so that signals keep theirs from layer to layer.
///
///     uniform               U(-L, L) with L = √(3 scale / fan)
///     truncated_normal      normal, cut at 2 deviations; √(scale / fan) / 0.87962566103423978 before the cut
///     untruncated_normal    normal with deviation √(scale / fan)
///
/// The formulas and defaults are Keras'. Cutting leaves 0.8796 of a deviation. `normal` is another name of
/// `truncated_normal`, as in Keras.
public struct VarianceScaling: Initializer {
  /// Its name in files: Keras' class name.
  public static let kind = "VarianceScaling"

  /// What `scale` is divided by.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// The inputs of a unit.
    case fanIn = "fan_in"
    /// The outputs of a unit.
    case fanOut = "fan_out"
    /// The mean of both.
    case fanAverage = "fan_avg"
  }

  /// The law that values are drawn from.
  public enum Distribution: String, Codable, Sendable, CaseIterable {
    /// All values of an interval alike.
    case uniform
    /// The normal law, cut at 2 deviations.
    case truncatedNormal = "truncated_normal"
    /// The normal law.
    case untruncatedNormal = "untruncated_normal"
  }

  /// The variance, times the fan.
  public var scale: Double
  /// What `scale` is divided by.
  public var mode: Mode
  /// The law that values are drawn from.
  public var distribution: Distribution

  /// Values with Keras' defaults.
  public init(scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case scale, mode, distribution }

  /// Reads Keras' settings.
  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.initializerContainer(keyedBy: CodingKeys.self)
    scale = try container.decodeNumber(forKey: .scale, or: scale, .positive)
    if let name = try container.decodeIfPresent(String.self, forKey: .mode) {
      mode = try Self.choose(name, "mode", decoder)
    }
    if let name = try container.decodeIfPresent(String.self, forKey: .distribution)?.lowercased() {
      distribution = try Self.choose(name == "normal" ? "truncated_normal" : name, "distribution", decoder)
    }
  }

  private static func choose<T: RawRepresentable & CaseIterable>(
    _ name: String, _ noun: String, _ decoder: any Decoder
  ) throws -> T where T.RawValue == String {
    guard let choice = T(rawValue: name) else {
      throw ConfigurationError(
        "unknown \(noun) '\(name)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "known: \(T.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    let fans = fans(of: shape)
    let fan =
      switch mode {
      case .fanIn: Double(fans.input)
      case .fanOut: Double(fans.output)
      case .fanAverage: Double(fans.input + fans.output) / 2
      }
    let variance = scale / max(1, fan)
    switch distribution {
    case .uniform:
      let limit = Float((3 * variance).squareRoot())
      for index in 0..<values.count { values[index] = stream.uniform(-limit, limit) }
    case .truncatedNormal:
      let deviation = variance.squareRoot() / 0.87962566103423978
      for index in 0..<values.count { values[index] = Float(deviation * stream.truncatedNormal()) }
    case .untruncatedNormal:
      let deviation = variance.squareRoot()
      for index in 0..<values.count { values[index] = Float(deviation * stream.normal()) }
    }
  }
}

/// An initializer that is ``VarianceScaling`` with fixed settings.
public protocol VarianceScalingPreset: Initializer {
  /// What it stands for.
  static var scaling: VarianceScaling { get }

  /// The initializer has no settings.
  init()
}

extension VarianceScalingPreset {
  /// Reads nothing.
  public init(from decoder: any Decoder) throws {
    _ = try decoder.initializerContainer(keyedBy: NoKeys.self)
    self.init()
  }

  /// Writes nothing.
  public func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: NoKeys.self) }

  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  public func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream) {
    Self.scaling.fill(&values, shape: shape, from: &stream)
  }
}
