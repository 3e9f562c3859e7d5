import OneDNN

/// A function applied to a layer's result; the names are Keras'.
public enum Activation: Sendable, Equatable {
  /// The identity.
  case linear
  /// `exp(x_c) / Σ exp(x)` over the channels.
  case softmax
  /// A function of each element.
  case elementwise(ElementwiseFunction)

  /// `max(0, x)`.
  public static let relu = Activation.elementwise(.relu)
  /// `1 / (1 + exp(-x))`.
  public static let sigmoid = Activation.elementwise(.sigmoid)
  /// The hyperbolic tangent.
  public static let tanh = Activation.elementwise(.tanh)

  /// Every function that a file can name; a new one is one line here.
  ///
  /// The slope of `leaky_relu` is 0.2, as in Keras; the layer ``LeakyReLU`` has another default.
  public static let named: [(name: String, activation: Activation)] = [
    ("linear", .linear), ("relu", .relu), ("relu6", .elementwise(.boundedReLU(bound: 6))),
    ("leaky_relu", .elementwise(.leakyReLU(slope: 0.2))), ("elu", .elementwise(.elu(alpha: 1))), ("sigmoid", .sigmoid),
    ("tanh", .tanh), ("softplus", .elementwise(.softplus)), ("gelu", .elementwise(.gelu)), ("softmax", .softmax),
  ]

  /// The elementwise function; nil for the others.
  var function: ElementwiseFunction? { if case .elementwise(let function) = self { function } else { nil } }

  /// The function that the operation before can apply to its result by itself, so that one pass over memory is saved.
  ///
  /// In training only one whose derivative follows from its result: its input is then gone.
  func fused(for purpose: Purpose) -> ElementwiseFunction? {
    guard let function, purpose == .inference || function.isDerivedFromResult else { return nil }
    return function
  }

  /// Plans the function on `result`; nil for the identity.
  ///
  /// - Parameters:
  ///   - isFused: whether the operation that makes `result` applies what ``fused(for:)`` names.
  ///   - inPlace: whether `result` may be overwritten, unless its values are needed for the derivative.
  func plan(
    after result: Tensor, isFused: Bool, inPlace: Bool = true, purpose: Purpose, on engine: Engine,
    appendingTo pass: inout Pass
  ) throws(OneDNNError) -> ActivationPlan? {
    let staysInPlace = inPlace && (function?.isDerivedFromResult ?? true || purpose == .inference)
    switch self {
    case .linear: return nil
    case .softmax:
      let output = try staysInPlace ? result : Tensor(result.descriptor, on: engine)
      let softmax = try Softmax(result.descriptor, purpose: purpose, on: engine)
      try pass.append(softmax.call(source: result, destination: output))
      return ActivationPlan(output: output, input: result, kind: .softmax(softmax))
    case .elementwise(let function):
      let output = try staysInPlace ? result : Tensor(result.descriptor, on: engine)
      if !isFused || fused(for: purpose) == nil {
        let elementwise = try Elementwise(function, result.descriptor, purpose: purpose, on: engine)
        try pass.append(elementwise.call(result, into: output))
      }
      return ActivationPlan(output: output, input: result, kind: .elementwise(function))
    }
  }
}

extension Activation: Codable, CustomStringConvertible {
  /// Reads Keras' name; nothing is `linear`.
  ///
  /// - Throws: ``ConfigurationError`` that names an unknown name and the known ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard !container.decodeNil() else {
      self = .linear
      return
    }
    let name = try Self.name(of: container.decode(ConfigurationValue.self), at: decoder)
    guard let known = Self.named.first(where: { $0.name == name.lowercased() }) else {
      let names = Self.named.map(\.name)
      throw ConfigurationError(
        "unknown activation '\(name)'", at: ConfigurationError.place(decoder.codingPath),
        advice: (nearest(to: name, among: names).map { "did you mean '\($0)'? " } ?? "")
          + "known: \(names.joined(separator: ", "))")
    }
    self = known.activation
  }

  /// A name, or what Keras writes for a function or a layer that is given as an activation.
  private static func name(of value: ConfigurationValue, at decoder: any Decoder) throws -> String {
    guard case .mapping(let form) = value, form["class_name"] != nil else {
      return try decoder.singleValueContainer().decode(String.self)
    }
    if form["class_name"] == .string("function"), case .string(let name) = form["config"] { return name }
    let layer = try decoder.singleValueContainer().decode(Choice<LayerRegistry>.self).value
    guard let layer = layer as? any ActivationFunctionLayer,
      let known = named.first(where: { $0.activation == layer.activation })
    else {
      throw ConfigurationError(
        "a layer with settings as activation is not supported", at: ConfigurationError.place(decoder.codingPath),
        advice: "build the model with it as a layer of its own, behind this one")
    }
    return known.name
  }

  /// Writes Keras' name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Keras' name; a function with other settings than the name stands for is written by its layer.
  public var description: String { Self.named.first { $0.activation == self }?.name ?? "\(self.function ?? .relu)" }
}

/// An activation compiled for one batch size.
struct ActivationPlan {
  enum Kind {
    case elementwise(ElementwiseFunction)
    case softmax(Softmax)
  }

  /// The function's result: in place of its input, unless the derivative needs that.
  let output: Tensor
  let input: Tensor
  let kind: Kind

  /// Plans the gradient with respect to the function's input; returns where it will be.
  func planBackward(_ outputGradient: Tensor, on engine: Engine, appendingTo pass: inout Pass) throws(OneDNNError)
    -> Tensor
  {
    let gradient = try pass.reorder(outputGradient, to: output.descriptor, on: engine)
    switch kind {
    case .elementwise(let function):
      let backward = try ElementwiseBackward(function, output.descriptor, on: engine)
      try pass.append(backward.call(source: input, result: output, gradient: gradient))
    case .softmax(let softmax):
      let backward = try SoftmaxBackward(of: softmax)
      try pass.append(backward.call(result: output, destinationGradient: gradient, sourceGradient: gradient))
    }
    return gradient
  }
}
