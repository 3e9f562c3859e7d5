import OneDNN

/// What training makes small: a value per sample, from the network's output and the target.
public protocol Loss: Registered {
  /// Whether the loss is computed from what the last layer puts out before `activation`, the last one, is applied.
  func takesLogits(of activation: Activation) -> Bool

  /// Checks that the loss fits what the network puts out and, where that is known, what the samples should yield.
  ///
  /// - Throws: ``ConfigurationError`` that says what would fit.
  func check(output: Shape, activation: Activation, targets: TargetKind?) throws(ConfigurationError)

  /// The class of Keras' metric that counts hits; nil if the outputs do not tell classes apart.
  var kerasAccuracy: String? { get }

  /// Where one output of the network, after its last activation, means yes.
  var outputThreshold: Float { get }

  /// Whether it makes sense to count samples that were classified right.
  func countsHits(output: Shape, targets: TargetKind) -> Bool

  /// Compiles the loss for one batch size.
  ///
  /// - Parameters:
  ///   - output: what the network puts out, before its last activation if the loss takes logits.
  ///   - shape: the shape of a sample of it.
  func plan(output: Tensor, shape: Shape, batchSize: Int, purpose: Purpose, on engine: Engine) throws -> any LossPlan
}

extension Loss {
  /// They do not tell classes apart.
  public var kerasAccuracy: String? { nil }
  /// Half.
  public var outputThreshold: Float { 0.5 }
}

/// A loss compiled for one batch size.
public protocol LossPlan: AnyObject {
  /// Where ``backward(_:)`` leaves the gradient of the summed loss with respect to what the loss was given.
  var outputGradient: Tensor { get }

  /// The sum of the samples' losses and the number that were classified right.
  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums

  /// Computes the gradient; runs after ``forward(_:)``.
  func backward(_ targets: Targets) throws(OneDNNError)
}

/// Sums over the samples of a batch.
public struct BatchSums: Sendable, Equatable {
  /// The sum of the samples' losses, without penalties.
  public var loss: Double
  /// How many samples were classified right.
  public var correct: Int

  /// Both sums.
  public init(loss: Double = 0, correct: Int = 0) {
    self.loss = loss
    self.correct = correct
  }
}

/// Every loss; a new one is one line here.
public enum LossRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Loss
  /// The sort, for messages.
  public static let noun = "loss"
  /// How a choice is written.
  public static let style = RegistryStyle.flat
  /// Every type there is.
  public static let types: [any Registered.Type] = [
    CategoricalCrossentropy.self, BinaryCrossentropy.self, MeanSquaredError.self, HalfSquaredError.self,
    MeanAbsoluteError.self,
  ]
}
