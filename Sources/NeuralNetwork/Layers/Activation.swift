import OneDNN

/// A function applied to a layer's result; the names are Keras'.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// The identity.
  case linear
  /// `max(0, x)`
  case relu
  /// `1 / (1 + exp(-x))`
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// `exp(x_c) / Σ exp(x)` over the channels.
  case softmax

  /// Reads Keras' name; nothing is `linear`.
  ///
  /// - Throws: ``ConfigurationError`` that names an unknown name and the known ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard !container.decodeNil() else {
      self = .linear
      return
    }
    let name = try container.decode(String.self)
    guard let activation = Activation(rawValue: name.lowercased()) else {
      throw ConfigurationError(
        "unknown activation '\(name)'", at: ConfigurationError.place(decoder.codingPath),
        advice: "known: \(Activation.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = activation
  }

  /// The elementwise function that oneDNN can fuse into the operation before it; nil for the others.
  var function: ElementwiseFunction? {
    switch self {
    case .linear, .softmax: nil
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    }
  }

  /// Plans the function on `result`, in place; nil for the identity.
  ///
  /// - Parameter isFused: whether the operation that makes `result` applies an elementwise function itself.
  func plan(
    after result: Tensor, isFused: Bool, purpose: Purpose, on engine: Engine, appendingTo pass: inout Pass
  ) throws(OneDNNError) -> ActivationPlan? {
    if self == .linear { return nil }
    if let function {
      if !isFused {
        try pass.append(Elementwise(function, result.descriptor, purpose: purpose, on: engine).call(result))
      }
      return ActivationPlan(output: result, kind: .elementwise(function))
    }
    let softmax = try Softmax(result.descriptor, logarithm: false, purpose: purpose, on: engine)
    try pass.append(softmax.call(source: result, destination: result))
    return ActivationPlan(output: result, kind: .softmax(softmax))
  }
}

/// An activation compiled for one batch size; it works in place.
struct ActivationPlan {
  enum Kind {
    case elementwise(ElementwiseFunction)
    case softmax(Softmax)
  }

  let output: Tensor
  let kind: Kind

  /// Plans the gradient with respect to the function's input, from its output; returns where it will be.
  func planBackward(_ outputGradient: Tensor, on engine: Engine, appendingTo pass: inout Pass) throws(OneDNNError)
    -> Tensor
  {
    let gradient = try pass.reorder(outputGradient, to: output.descriptor, on: engine)
    switch kind {
    case .elementwise(let function):
      let backward = try ElementwiseBackward(function, result: output.descriptor, on: engine)
      try pass.append(backward.call(result: output, gradient: gradient))
    case .softmax(let softmax):
      let backward = try SoftmaxBackward(of: softmax)
      try pass.append(backward.call(result: output, destinationGradient: gradient, sourceGradient: gradient))
    }
    return gradient
  }
}
