import OneDNN

/// What training makes small: a value per sample, from the network's output and the target.
public protocol Loss: Registered {
  /// Checks that the loss fits what the network puts out.
  ///
  /// - Throws: ``ConfigurationError`` that says what would fit.
  func check(output: Shape, activation: Activation) throws(ConfigurationError)

  /// Compiles the loss for one batch size.
  ///
  /// - Parameter logits: the network's output before its last activation.
  func plan(logits: Tensor, batchSize: Int, purpose: Purpose, on engine: Engine) throws -> any LossPlan
}

/// A loss compiled for one batch size.
public protocol LossPlan: AnyObject {
  /// Where ``backward(_:)`` leaves the gradient of the summed loss with respect to the logits.
  var logitsGradient: Tensor { get }

  /// The sum of the samples' losses and the number that were classified right.
  func forward(_ targets: Targets) throws(OneDNNError) -> BatchSums

  /// Computes the gradient; runs after ``forward(_:)``.
  func backward(_ targets: Targets) throws(OneDNNError)
}

/// What the samples of a batch should yield: one memory for the plan's lifetime, filled anew for every batch.
public final class Targets {
  /// The class of each sample, counted from 0; for classification.
  public let labels: UnsafeMutableBufferPointer<Int32>
  /// The values of each sample, one row each; for regression.
  public let values: UnsafeMutableBufferPointer<Float>

  init(batchSize: Int, valuesPerSample: Int) {
    labels = .allocate(capacity: batchSize)
    labels.initialize(repeating: 0)
    values = .allocate(capacity: batchSize * valuesPerSample)
    values.initialize(repeating: 0)
  }

  deinit {
    labels.deallocate()
    values.deallocate()
  }
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
  public static let types: [any Registered.Type] = [CategoricalCrossentropy.self]
}
