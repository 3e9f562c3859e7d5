/// Samples as a network takes them, and what they should yield.
///
/// The memory is somebody else's; it is only read, and only during the call that takes the batch.
public struct NetworkBatch {
  /// The images, `[N, height, width, channels]`.
  public var images: UnsafeBufferPointer<Float>
  /// The class of each sample, counted from 0; empty if the targets are numbers.
  public var labels: UnsafeBufferPointer<Int32>
  /// The numbers that each sample should yield, `[N, K]`; empty if the targets are classes.
  public var values: UnsafeBufferPointer<Float>
  /// Which sample of the split each is, for what is drawn at random; empty if nothing is.
  public var indices: UnsafeBufferPointer<Int>
  /// The number of samples.
  public var count: Int

  /// Samples with their classes.
  public init(images: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>) {
    self.init(count: labels.count, images: images, labels: labels)
  }

  /// Samples with classes or values.
  public init(
    count: Int, images: UnsafeBufferPointer<Float>,
    labels: UnsafeBufferPointer<Int32> = UnsafeBufferPointer(start: nil, count: 0),
    values: UnsafeBufferPointer<Float> = UnsafeBufferPointer(start: nil, count: 0),
    indices: UnsafeBufferPointer<Int> = UnsafeBufferPointer(start: nil, count: 0)
  ) {
    self.count = count
    self.images = images
    self.labels = labels
    self.values = values
    self.indices = indices
  }
}

/// What the plans of one batch size know of the batch they are at, for layers that draw at random.
///
/// Numbers are drawn for (seed, update, sample, layer): never for a rank, a shard or a place in the batch.
public final class BatchContext {
  /// The seed of the run.
  public internal(set) var seed: UInt64
  /// The number of updates made before this step.
  public private(set) var update = 0
  /// Which sample of the split each is.
  public let samples: UnsafeMutableBufferPointer<Int>

  init(batchSize: Int, seed: UInt64) {
    self.seed = seed
    samples = .allocate(capacity: batchSize)
    samples.initialize(repeating: 0)
  }

  deinit { samples.deallocate() }

  /// Takes over which samples they are; those without a number are numbered by their place.
  func load(_ indices: UnsafeBufferPointer<Int>, update: Int) {
    self.update = update
    if indices.isEmpty {
      for place in samples.indices { samples[place] = place }
    } else {
      precondition(indices.count == samples.count, "a number for each sample")
      _ = samples.update(fromContentsOf: indices)
    }
  }
}
