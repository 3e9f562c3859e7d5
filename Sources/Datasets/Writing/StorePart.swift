/// One part of a store to be written: which samples of a source, in which order.
///
/// Several parts may take their samples from the same source, but no sample is taken twice.
public struct StorePart: Sendable {
  /// Where the samples come from.
  public let source: any SampleSource
  /// The samples by their index in the source, in the order of the store; nil for all, as they come.
  public let indices: [Int]?

  /// Takes samples of a source.
  public init(_ source: any SampleSource, indices: [Int]? = nil) {
    self.source = source
    self.indices = indices
  }

  /// The number of samples.
  public var count: Int { indices?.count ?? source.count }

  /// The labels of the samples, in the order of the store.
  public var labels: StoredSamples.Labels {
    guard let indices else { return source.labels }
    switch source.labels {
    case .classes(let classes): return .classes(indices.map { classes[$0] })
    case .values(let values, let width):
      return .values(indices.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width)
    }
  }
}
