import Datasets
import MPI
import NeuralNetwork

/// Evaluates a network on a whole split: every sample once, on whatever rank, with the same result.
///
/// The split is cut into as many parts as there are virtual shards; a rank evaluates the parts of its shards, and the sums
/// are added along the tree.
public final class Evaluator {
  private let network: Network
  private let parts: [Range<Int>]
  private let allreduce: TreeAllreduce
  private let batches: BatchLoader
  private let count: Int
  private let metrics: [any Metric]
  private let batchSize: Int
  /// Where each metric's sums are among the doubles of the reduction; before them is the loss.
  private let places: [Range<Int>]

  /// Samples in a forward pass, at most: enough to fill the processor.
  private static let largestBatchSize = 256
  /// What the outputs of all layers for a batch may have together: 128 MiB of floats.
  ///
  /// The mnist and cifar10 networks have 38,000 and 51,000 for a sample and take the largest batch; a ResNet-50 on 64×64
  /// pixels has three million and takes 11.
  private static let outputElements = 32 << 20

  /// What the images of a batch may have: 8 MiB of floats, of which three batches are prepared.
  private static let inputElements = 2 << 20
  private static let fewestSlots = 3

  /// Samples in a forward pass of `model`; it follows from shapes alone, so that every machine gets the same bits.
  static func batchSize(for model: ModelDescription, input: Shape) throws(ShapeError) -> Int {
    let elements = try model.outputElementCount(for: input)
    return max(
      1, min(largestBatchSize, outputElements / max(elements, 1), inputElements / max(input.elementCount, 1)))
  }

  /// Reads this rank's part of the split and prepares the network for it.
  ///
  /// A part that does not fit into `memory` bytes is read from the file in every evaluation, with the same result; nothing is
  /// read if all samples of the split are `shared`.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Throws: ``ConfigurationError`` if the loss or a metric does not fit the split.
  public init(
    _ network: Network, store: ImageStore, split: SplitName, metrics: [any Metric], shards: VirtualShards,
    method: AllreduceMethod, memory: Int = .max, sharing shared: StoredSamples? = nil, world: Communicator
  ) throws {
    self.network = network
    self.metrics = metrics
    let targets = TargetKind(try store.split(split).labels)
    try network.check(targets: targets)
    var places: [Range<Int>] = []
    for metric in metrics {
      try metric.check(output: network.outputShape, targets: targets)
      let start = places.last?.upperBound ?? 1
      places.append(start..<start + metric.sumCount(output: network.outputShape))
    }
    self.places = places
    let count = try store.split(split).count
    self.count = count
    let mine = shards.range(ofRank: world.rank, of: world.size)
    parts = mine.map { VirtualShards.part($0, of: count, among: shards.count) }
    let range = (parts.first?.lowerBound ?? 0)..<(parts.last?.upperBound ?? 0)
    allreduce = try TreeAllreduce(
      world: world, shards: shards, floats: 0, doubles: places.last?.upperBound ?? 1, method: method)
    batchSize = try Self.batchSize(for: network.model, input: network.inputShape)
    let largest = min(parts.map(\.count).max() ?? 0, batchSize)
    let stored = try store.split(split)
    let slots = BatchLoader.slots(
      largestBatch: largest, elementsPerImage: stored.elementsPerImage, minimum: Self.fewestSlots)
    let prepared = BatchLoader.byteCount(largestBatch: largest, of: stored, slots: slots)
    try store.requireMemory(forBatches: prepared)
    let fits = range.count * stored.bytesPerImage <= memory - prepared
    let samples =
      try shared
      ?? (fits
        ? StoredSamples(of: store, split: split, range: range)
        : StoredSamples(of: store, split: split, range: range, inBatchesOf: largest))
    let schedule = RepeatedBatches(parts.flatMap { [batchSize] in $0.batches(of: batchSize) })
    batches = BatchLoader(samples: samples, largestBatch: largest, schedule: schedule, slots: slots)
    for batch in schedule.batches { try network.prepare(batchSize: batch.count, for: .inference) }
  }

  /// The loss and the metrics over the whole split.
  ///
  /// Collective: every rank must call this.
  ///
  /// - Parameter onBatch: is given the outputs `[N, …]` and the samples of each of this rank's batches, in stored order.
  public func evaluate(
    onBatch: ((UnsafeBufferPointer<Float>, NetworkBatch) throws -> Void)? = nil
  ) throws -> EvaluationMetrics { try evaluate(telling: { _ in }, onBatch: onBatch) }

  /// The same, telling what is done: before each batch, and before it waits for other ranks.
  func evaluate(
    telling tell: (Heartbeat.Phase) throws -> Void,
    onBatch: ((UnsafeBufferPointer<Float>, NetworkBatch) throws -> Void)? = nil
  ) throws -> EvaluationMetrics {
    for part in parts {
      let sums = allreduce.slot.doubles
      sums.update(repeating: 0)
      for _ in part.batches(of: batchSize) {
        try tell(.evaluating)
        guard let batch = try batches.next() else { preconditionFailure("the batches repeat without end") }
        let samples = NetworkBatch(batch)
        try network.load(samples, for: .inference)
        sums[0] += try network.forward().loss
        guard let targets = network.targets, !metrics.isEmpty || onBatch != nil else { continue }
        let outputs = try network.outputs()
        for (metric, place) in zip(metrics, places) { metric.add(outputs, targets, to: sums.extracting(place)) }
        try onBatch?(outputs, samples)
      }
      allreduce.add()
    }
    try tell(.waiting)
    let totals = try allreduce.reduce().doubles
    return EvaluationMetrics(
      loss: totals[0] / Double(max(count, 1)) + network.penalty(), count: count,
      results: zip(metrics, places).map { metric, place in
        MetricResult(
          name: type(of: metric).kind, label: metric.label,
          value: metric.value(of: totals.extracting(place), output: network.outputShape, count: count))
      })
  }

  /// Gives shared memory back.
  ///
  /// Collective: every rank must call this, at most once.
  public func free() throws {
    batches.stop()
    try allreduce.free()
  }
}

/// The batches of an evaluation in stored order, again and again: those of the next evaluation are prepared before it comes.
private struct RepeatedBatches: BatchSchedule {
  let batches: [Range<Int>]
  let epoch = 0
  private var position = 0

  init(_ batches: [Range<Int>]) { self.batches = batches }

  mutating func next(into indices: inout [Int]) -> Bool {
    guard !batches.isEmpty else { return false }
    indices.append(contentsOf: batches[position])
    position = (position + 1) % batches.count
    return true
  }
}

extension Range<Int> {
  /// Cuts the range into pieces of `size`, the last perhaps smaller.
  fileprivate func batches(of size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
  }
}
