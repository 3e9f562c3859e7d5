/// Samples of several sources, one source after the other.
public final class JoinedSource: SampleSource {
  /// The shape of an image, `[H, W, C]`.
  public let imageShape: [Int]
  /// How its pixels are stored.
  public let storage: Split.Storage
  /// The labels of the samples.
  public let labels: StoredSamples.Labels

  private let sources: [any SampleSource]
  /// The first sample of each source, and the number of all.
  private let starts: [Int]

  /// Joins sources whose images and labels are of one kind.
  ///
  /// - Parameter classes: the new number of each class of a source, for each source; nil keeps the numbers.
  public init(_ sources: [any SampleSource], classes: [[Int32]]? = nil) {
    precondition(!sources.isEmpty && classes?.count ?? sources.count == sources.count, "classes for each source")
    precondition(
      sources.allSatisfy { $0.imageShape == sources[0].imageShape && $0.storage == sources[0].storage },
      "images of one kind")
    imageShape = sources[0].imageShape
    storage = sources[0].storage
    labels = Self.labels(of: sources, classes)
    starts = sources.reduce(into: [0]) { starts, source in starts.append((starts.last ?? 0) + source.count) }
    self.sources = sources
  }

  private static func labels(of sources: [any SampleSource], _ numbers: [[Int32]]?) -> StoredSamples.Labels {
    var allClasses: [Int32] = []
    var allValues: [Float] = []
    var width: Int?
    for (number, source) in sources.enumerated() {
      switch source.labels {
      case .classes(let classes):
        allClasses += numbers.map { numbers in classes.map { numbers[number][Int($0)] } } ?? classes
      case .values(let values, let valuesPerSample):
        precondition(valuesPerSample == width ?? valuesPerSample, "labels of one width")
        width = valuesPerSample
        allValues += values
      }
    }
    precondition(width == nil || allClasses.isEmpty, "labels of one kind")
    return width.map { .values(allValues, width: $0) } ?? .classes(allClasses)
  }

  /// Copies one image of the source it belongs to.
  public func copyImage(_ index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    let number = (starts.firstIndex { $0 > index } ?? starts.count) - 1
    try sources[number].copyImage(index - starts[number], into: bytes)
  }
}
