/// A rule that turns gradients into new parameters.
public protocol Optimizer: Registered {
  /// The step size, before any schedule.
  var learningRate: Double { get set }

  /// The names of the slabs of state that the rule keeps, such as `momentum`; none for plain gradient descent.
  var slots: [String] { get }

  /// Updates all parameters at once.
  ///
  /// - Parameters:
  ///   - parameters: the slab to update.
  ///   - gradients: the mean gradients, penalties included, laid out alike.
  ///   - slots: one slab for each name in ``slots``, zero before the first update.
  ///   - learningRate: the step size of this update.
  ///   - update: the number of updates made before this one.
  func update(_ parameters: Slab, gradients: Slab, slots: [Slab], learningRate: Float, update: Int)
}

/// Every optimizer; a new one is one line here.
public enum OptimizerRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Optimizer
  /// The sort, for messages.
  public static let noun = "optimizer"
  /// How a choice is written.
  public static let style = RegistryStyle.flat
  /// Every type there is.
  public static let types: [any Registered.Type] = [SGD.self]
}
