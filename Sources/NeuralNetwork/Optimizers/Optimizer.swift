/// A rule that turns gradients into new parameters.
public protocol Optimizer: Registered {
  /// The step size, before any schedule.
  var learningRate: Double { get set }

  /// How gradients are bounded before the rule sees them; nil leaves them as they are.
  ///
  /// The network does it, once for all rules.
  var clipping: GradientClipping? { get set }

  /// The slabs of state that the rule keeps, such as `momentum`; none for plain gradient descent.
  var slots: [OptimizerSlot] { get }

  /// Updates all parameters at once; allocates nothing.
  ///
  /// - Parameters:
  ///   - slabs: the parameters to update, their gradients, and one slab for each of ``slots``.
  ///   - learningRate: the step size of this update.
  ///   - update: the number of updates made before this one.
  func update(_ slabs: OptimizerSlabs, learningRate: Float, update: Int)
}

/// A value that an optimizer keeps for every parameter.
public struct OptimizerSlot: Sendable, Equatable {
  /// Its name, Keras' own, by which checkpoints know it.
  public let name: String
  /// What it is before the first update.
  public let initialValue: Float

  /// Declares a slot.
  public init(_ name: String, initialValue: Float = 0) {
    self.name = name
    self.initialValue = initialValue
  }
}

/// What an optimizer works on: slabs laid out alike.
public struct OptimizerSlabs {
  /// The values to update.
  public let parameters: Slab
  /// The mean gradients, penalties included.
  public let gradients: Slab
  /// The optimizer's state, in the order of its slots.
  public let slots: [Slab]
  /// Where each parameter lies, for rules that tell layers apart.
  public let table: ParameterTable

  /// Allocates the state of `optimizer`, as it is before the first update.
  public init(parameters: Slab, gradients: Slab, table: ParameterTable, for optimizer: any Optimizer) {
    self.parameters = parameters
    self.gradients = gradients
    self.table = table
    slots = optimizer.slots.map { Slab(count: parameters.floats.count, repeating: $0.initialValue) }
    precondition(parameters.floats.count == gradients.floats.count, "one gradient for each parameter")
  }
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
  public static let types: [any Registered.Type] = [
    SGD.self, RMSprop.self, Adam.self, AdamW.self, Adagrad.self, Adadelta.self, LARS.self,
  ]
}

extension Decoder {
  /// The mapping of an optimizer's settings, after checking its keys; those of ``GradientClipping`` are known too.
  func optimizerContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type, alsoKnown: [String] = []
  ) throws -> KeyedDecodingContainer<Key> {
    try strictContainer(keyedBy: type, alsoKnown: GradientClipping.keys + alsoKnown)
  }
}
