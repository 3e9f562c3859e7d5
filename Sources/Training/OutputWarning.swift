import NeuralNetwork

extension ModelDescription {
  /// What is to be said if outputs and labels go together but cannot have been meant to; nil if there is nothing to say.
  ///
  /// What does not go together at all is the loss's to refuse.
  ///
  /// - Parameter store: the store's path.
  public func outputWarning(for output: Shape, _ targets: TargetKind, of store: String) -> String? {
    let width = output.elementCount
    switch targets {
    case .classes(1):
      return "\(store) has 1 class: there is nothing to tell apart, and a network is right whatever it learns"
    case .classes(let count) where width > 1 && width > count:
      return
        "the model has \(width) outputs, \(store) has \(count) classes: the other outputs only learn that they are "
        + "never right; give the last layer \(count) units"
    case .classes(let count) where width == 1 && count > 2 && isBounded:
      return
        "the model has one output, a \(outputActivation) that does not reach beyond 1, \(store) has \(count) classes, "
        + "numbered 0 to \(count - 1): end the model with \(count) units and softmax"
    case .values where outputActivation == .softmax:
      return
        "the labels of \(store) are numbers, and the outputs of a softmax are shares that add up to 1: end the model "
        + "with a layer without activation"
    default: return nil
    }
  }

  /// Whether no output is ever above 1.
  private var isBounded: Bool { [.sigmoid, .tanh, .softmax].contains(outputActivation) }
}
