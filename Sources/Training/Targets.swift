import Datasets
import NeuralNetwork

extension TargetKind {
  /// What the labels of a split ask of a network.
  public init(_ labels: Split.Labels) {
    switch labels {
    case .classes(let count): self = .classes(count: count)
    case .values(let width): self = .values(width: width)
    }
  }
}

extension NetworkBatch {
  /// The samples that the reader thread has prepared.
  init(_ batch: Batch) {
    self.init(
      count: batch.count, images: batch.images, labels: batch.labels, values: batch.values, indices: batch.indices)
  }
}
