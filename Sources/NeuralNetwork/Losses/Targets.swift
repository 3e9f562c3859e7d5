/// What the samples of a store should yield.
public enum TargetKind: Sendable, Equatable {
  /// A class, counted from 0.
  case classes(count: Int)
  /// So many numbers.
  case values(width: Int)
}

/// What the samples of a batch should yield: one memory for the plan's lifetime, filled anew for every batch.
public final class Targets {
  /// The class of each sample; for losses that compare classes.
  public let labels: UnsafeMutableBufferPointer<Int32>
  /// The numbers of each sample, one row each; classes are ones among zeros, or the number of the class where there is one
  /// output.
  public let values: UnsafeMutableBufferPointer<Float>
  /// The numbers of a row.
  public let width: Int
  /// Where one output of the network means yes.
  public let threshold: Float
  /// Whether the targets were classes.
  public private(set) var areClasses = true

  init(batchSize: Int, width: Int, threshold: Float = 0.5) {
    self.width = width
    self.threshold = threshold
    labels = .allocate(capacity: batchSize)
    labels.initialize(repeating: 0)
    values = .allocate(capacity: batchSize * width)
    values.initialize(repeating: 0)
  }

  deinit {
    labels.deallocate()
    values.deallocate()
  }

  /// Takes over what the batch should yield.
  func load(_ batch: NetworkBatch) {
    areClasses = batch.values.isEmpty
    if areClasses {
      precondition(batch.labels.count == labels.count, "a class for each sample")
      _ = labels.update(fromContentsOf: batch.labels)
      encode(labels, into: values, width)
    } else {
      precondition(batch.values.count == values.count, "\(batch.values.count) values for \(values.count)")
      _ = values.update(fromContentsOf: batch.values)
    }
  }
}

private func encode(
  _ labels: UnsafeMutableBufferPointer<Int32>, into values: UnsafeMutableBufferPointer<Float>, _ width: Int
) {
  if width == 1 {
    for sample in labels.indices { values[sample] = Float(labels[sample]) }
  } else {
    values.update(repeating: 0)
    for sample in labels.indices where Int(labels[sample]) < width { values[sample * width + Int(labels[sample])] = 1 }
  }
}
