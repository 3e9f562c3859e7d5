/// A penalty on the values of a parameter, added to the loss once a step: `l1 · Σ|w| + l2 · Σw²`.
///
/// Keras' convention: no factor ½, so the gradient is `l1 · sign(w) + 2 · l2 · w` with `sign(0) = 0`, and the penalty is
/// not divided by the batch. `L1`, `L2` and `L1L2` are this with one or both factors.
public struct Regularizer: Codable, Sendable, Equatable {
  /// The factor of the absolute values.
  public var l1: Double
  /// The factor of the squares.
  public var l2: Double

  /// A penalty with these factors.
  public init(l1: Double = 0, l2: Double = 0) {
    self.l1 = l1
    self.l2 = l2
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case l1, l2 }
  private enum KerasKeys: String, CodingKey {
    case className = "class_name", config, module, registeredName = "registered_name"
  }

  /// Reads `{l2: 0.01}`, `l2` (Keras' default factor 0.01) or `{class_name: L2, config: {l2: 0.01}}`.
  public init(from decoder: any Decoder) throws {
    let place = ConfigurationError.place(decoder.codingPath)
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      switch name.lowercased() {
      case "l1": self.init(l1: 0.01)
      case "l2": self.init(l2: 0.01)
      case "l1_l2", "l1l2": self.init(l1: 0.01, l2: 0.01)
      default: throw ConfigurationError("unknown regularizer '\(name)'", at: place, advice: "known: l1, l2, l1_l2")
      }
    } else if let keras = try? decoder.container(keyedBy: KerasKeys.self), keras.contains(.className) {
      let name = try keras.decode(String.self, forKey: .className)
      guard ["l1", "l2", "l1l2"].contains(name.lowercased()) else {
        throw ConfigurationError("unknown regularizer '\(name)'", at: place, advice: "known: L1, L2, L1L2")
      }
      self = try Self(factors: keras.superDecoder(forKey: .config))
    } else {
      self = try Self(factors: decoder)
    }
    guard l1 >= 0, l2 >= 0, l1.isFinite, l2.isFinite else {
      throw ConfigurationError("a regularizer's factors must not be negative, found l1 \(l1) and l2 \(l2)", at: place)
    }
  }

  private init(factors decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    l1 = try container.decodeIfPresent(Double.self, forKey: .l1) ?? 0
    l2 = try container.decodeIfPresent(Double.self, forKey: .l2) ?? 0
  }

  /// Writes Keras' form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: KerasKeys.self)
    try container.encode("keras.regularizers", forKey: .module)
    try container.encodeNil(forKey: .registeredName)
    try container.encode(l1 == 0 ? "L2" : l2 == 0 ? "L1" : "L1L2", forKey: .className)
    var config = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .config)
    if l1 != 0 { try config.encode(l1, forKey: .l1) }
    if l2 != 0 || l1 == 0 { try config.encode(l2, forKey: .l2) }
  }
}

extension Regularizer {
  /// The penalty of the values in `range`, summed in double precision in an order that does not depend on the processor.
  func penalty(of parameters: Slab, in range: Range<Int>) -> Double {
    let values = UnsafeBufferPointer(parameters.floats).span
    // Eight running sums let the additions overlap; one after the other they would take as long as the backward pass of
    // a small layer.
    var absolutes = SIMD8<Double>()
    var squares = SIMD8<Double>()
    let whole = range.lowerBound + range.count / 8 * 8
    for start in stride(from: range.lowerBound, to: whole, by: 8) {
      for lane in 0..<8 {
        let value = Double(values[unchecked: start + lane])
        absolutes[lane] += value.magnitude
        squares[lane] += value * value
      }
    }
    for index in whole..<range.upperBound {
      let value = Double(values[unchecked: index])
      absolutes[index - whole] += value.magnitude
      squares[index - whole] += value * value
    }
    return (l1 == 0 ? 0 : l1 * absolutes.sum()) + l2 * squares.sum()
  }

  /// Adds the penalty's gradient for the values in `range` to `gradients`.
  func addGradient(of parameters: Slab, in range: Range<Int>, to slab: Slab) {
    let values = UnsafeBufferPointer(parameters.floats).span
    var gradients = slab.floats.mutableSpan
    // What is frozen lies behind all that has gradients.
    precondition(range.upperBound <= min(values.count, gradients.count), "one gradient for each value")
    let twice = Float(2 * l2)
    for index in range { gradients[unchecked: index] += twice * values[unchecked: index] }
    guard l1 != 0 else { return }
    let factor = Float(l1)
    for index in range {
      let value = values[unchecked: index]
      gradients[unchecked: index] += value > 0 ? factor : value < 0 ? -factor : 0
    }
  }
}
