/// A bound on gradients, as every optimizer of Keras can have one.
///
///     global_clipnorm c:  g *= c / max(c, ‖all gradients‖)
///     clipnorm c:         g *= c / max(c, ‖g‖)               for each parameter g by itself
///     clipvalue c:        g = min(max(g, -c), c)             for each value
///
/// Applied to the mean gradients with their penalties, where Keras does it. Norms are summed in double precision in a fixed
/// order: every rank finds the same bits. A norm that is not finite makes all gradients NaN, as in Keras, so that the run
/// cannot go on unnoticed.
///
/// Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013).
public enum GradientClipping: Sendable, Equatable {
  /// `global_clipnorm`: bounds the norm of all gradients together.
  case globalNorm(Double)
  /// `clipnorm`: bounds the norm of each parameter's gradient.
  case norm(Double)
  /// `clipvalue`: bounds the magnitude of every single value.
  case value(Double)

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case globalNorm = "global_clipnorm", norm = "clipnorm", value = "clipvalue"
  }

  /// The keys, which are those of the optimizer's mapping.
  static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// Reads Keras' keys from an optimizer's settings; nil if none is written.
  ///
  /// - Throws: ``ConfigurationError`` if more than one is written, or a bound is not above 0.
  static func decode(from decoder: any Decoder) throws -> GradientClipping? {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let written = try CodingKeys.allCases.filter { key in
      guard container.contains(key) else { return false }
      return try !container.decodeNil(forKey: key)
    }
    guard let key = written.first else { return nil }
    guard written.count == 1 else {
      throw ConfigurationError(
        "\(written.map(\.rawValue).joined(separator: " and ")) exclude each other",
        at: ConfigurationError.place(decoder.codingPath), advice: "keep one of them")
    }
    let bound = try container.decodeNumber(forKey: key, .positive)
    return switch key {
    case .globalNorm: .globalNorm(bound)
    case .norm: .norm(bound)
    case .value: .value(bound)
    }
  }

  /// Writes Keras' key into an optimizer's settings.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .globalNorm(let bound): try container.encode(bound, forKey: .globalNorm)
    case .norm(let bound): try container.encode(bound, forKey: .norm)
    case .value(let bound): try container.encode(bound, forKey: .value)
    }
  }

  /// Bounds `gradients`, laid out by `table`.
  func apply(to gradients: Slab, _ table: ParameterTable) {
    switch self {
    case .globalNorm(let bound):
      var squares = 0.0
      for entry in table.trainable { squares += gradients.sumOfSquares(in: entry.range) }
      Self.scale(gradients, in: 0..<gradients.floats.count, norm: squares.squareRoot(), bound)
    case .norm(let bound):
      for entry in table.trainable {
        Self.scale(gradients, in: entry.range, norm: gradients.norm(of: entry.range), bound)
      }
    case .value(let bound):
      clamp(gradients, to: Float(bound))
    }
  }

  private static func scale(_ gradients: Slab, in range: Range<Int>, norm: Double, _ bound: Double) {
    if norm > bound || norm.isNaN {
      multiply(gradients, in: range, by: norm.isFinite ? Float(bound / norm) : .nan)
    }
  }
}

private func multiply(_ slab: Slab, in range: Range<Int>, by factor: Float) {
  var values = slab.floats.mutableSpan
  for index in range { values[unchecked: index] *= factor }
}

private func clamp(_ slab: Slab, to bound: Float) {
  var values = slab.floats.mutableSpan
  for index in 0..<values.count {
    let value = values[unchecked: index]
    values[unchecked: index] = value > bound ? bound : value < -bound ? -bound : value
  }
}
