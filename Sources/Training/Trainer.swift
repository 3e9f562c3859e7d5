import Checksums
import Datasets
import HDF5
import Logging
import MPI
import NeuralNetwork
import Numerics
import OneDNN

/// Trains a network on all ranks of a job.
///
/// START HERE: ``train(from:)`` is the whole algorithm.
///
/// Every rank has a replica of the network. A step is computed shard by shard, summed along the tree, and applied by every
/// rank to its replica; replicas stay equal to the bit. See <doc:LifeOfABatch>.
public final class Trainer {
  /// The settings.
  public let configuration: TrainingConfiguration
  /// What the run works with, for the start-up message.
  public let setup: TrainingSetup
  /// Called on every rank when settings, weights and folder have turned out good, before the first step; what it throws ends
  /// the run.
  public var onStart: (() throws -> Void)?
  /// Called on every rank after every step; what it throws ends the run.
  public var onStep: ((StepMetrics) throws -> Void)?
  /// Called on every rank after every epoch; what it throws ends the run, ``stop(because:)`` ends it there.
  public var onEpoch: ((EpochMetrics) throws -> Void)?
  /// Asked on every rank in every step whether training is to stop before its end; one rank that says so is enough.
  ///
  /// It is told how long it may be until it is asked again, going by what was.
  public var shouldStop: ((Duration) -> StopReason?)?
  /// Why training has stopped before its end, after a checkpoint; nil if it has not.
  ///
  /// It is the same on every rank.
  public private(set) var stopReason: StopReason?
  /// How far training has come.
  public private(set) var progress = TrainingProgress()
  /// Called on every rank after every batch of an evaluation; what it throws ends the run.
  public var onEvaluationBatch: (() throws -> Void)?
  /// The network; its parameters are the same on every rank between steps.
  public let network: Network

  private let world: Communicator
  private let recorder: RunRecorder?  // rank 0 only
  private let logger: Logger
  private let layout: EpochLayout
  private let shards: Range<Int>  // mine
  private let orders: [WindowedOrder]
  private let training: TrainingSamples
  private let allreduce: TreeAllreduce
  private let store: ImageStore
  private let shared: SharedSamples?
  private let virtualShards: VirtualShards
  private let metrics: [any Metric]
  private let evaluator: Evaluator?
  private let countsHits: Bool
  private let stopping: EarlyStopping?
  private let bestParameters: Slab?  // those of the best epoch, if they are asked for
  private let bestEpoch: BestEpochRule
  private let heartbeat = Heartbeat()
  private let places: [RankPlace]
  private var watchdog: Watchdog?
  private var batches: BatchLoader?
  private var stopwatch = Stopwatch()
  private var stepTimes: StepTimes
  private var rhythm = StepRhythm()
  private var hasDiverged = false
  private var reasonToStopHere: String?
  private var isPaused = false

  /// Opens the store, lays out the work and prepares every primitive.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Parameters:
  ///   - folder: where rank 0 records the run; nil records nothing.
  ///   - ranksPerNode: takes every so many consecutive ranks for a node; nil finds the machines.
  ///   - sharing: the samples of the settings' store, if they are in memory already.
  ///   - networks: where compiled networks are taken from; nil compiles one.
  ///   - stallFolder: where ranks leave notes for each other when they hang; all must see it. Nil takes one in `folder`.
  /// - Throws: an error that names what does not fit: store, model, number of ranks, replicas.
  public init(
    _ configuration: TrainingConfiguration, world: Communicator, folder: RunFolder?, logger: Logger,
    ranksPerNode: Int? = nil, sharing shared: SharedSamples? = nil, networks: NetworkCache? = nil,
    stallFolder: String? = nil
  ) throws {
    self.configuration = configuration
    self.world = world
    self.logger = logger
    self.shared = shared
    virtualShards = try VirtualShards(count: configuration.virtualShards, ranks: world.size)
    shards = virtualShards.range(ofRank: world.rank, of: world.size)
    places = try RankPlace.all(of: world)
    heartbeat.enter(.starting, step: 0)
    watchdog = try Watchdog(
      heartbeat, rank: world.rank, of: places, configuration, folder: stallFolder ?? folder?.stallFolder, logger: logger
    )
    let store =
      try shared?.store
      ?? world.rankZeroFirst(heartbeat) { try ImageStore(opening: configuration.storeSelection) }
    self.store = store
    if world.rank == 0 { for warning in store.warnings { logger.warning("\(warning)") } }
    try store.requireMemoryForAnImage(of: .train)
    let split = try store.split(.train)
    layout = EpochLayout(samples: split.count, batchSize: configuration.batchSize, shards: virtualShards)
    orders = try WindowedOrder.orders(
      of: layout, store: store, window: configuration.shuffleWindow, seed: UInt64(configuration.seed))
    let fingerprint = try TrainingSetup.fingerprint(of: store, configuration.order == .sharded ? orders : [], shared)
    try heartbeat.whileWaiting {
      try ReplicaConsistency.check(configuration, storeFingerprint: fingerprint, on: world)
    }
    let budget = try MemoryBudget(configuration.memoryPerRank, on: world)
    training =
      if let samples = shared?.samples(of: .train) {
        try TrainingSamples(samples, of: store, configuration.order, layout)
      } else {
        try TrainingSamples(of: store, configuration.order, layout, orders: orders, shards: shards, budget: budget)
      }
    var model = try configuration.modelDescription()
    if model.needsStatistics {
      model = try model.adapted(
        to: ChannelStatistics(
          of: training.samplesInStoredOrder(), slabs: layout.slabs, shards: virtualShards, world: world))
    }
    network = try (networks ?? NetworkCache()).network(
      model, input: Shape(split.imageShape), loss: configuration.loss.value, optimizer: configuration.optimizer.value,
      targets: TargetKind(split.labels), seed: UInt64(configuration.seed), convolution: configuration.convolution)
    // Of what Keras has no words for there are no checkpoints.
    _ = try KerasGraph(network.model, input: network.inputShape)
    if world.rank == 0 {
      if let remark = model.remark { logger.warning("\(model.name): \(remark)") }
      if let warning = layout.batchNormalizationWarning(for: model) { logger.warning("\(warning)") }
      if let warning = training.warning { logger.warning("\(warning)") }
      let rate = configuration.optimizer.value.learningRate
      if let warning = try store.pixelWarning(for: model, learningRate: rate) { logger.warning("\(warning)") }
      if let warning = model.outputWarning(for: network.outputShape, TargetKind(split.labels), of: store.path) {
        logger.warning("\(warning)")
      }
    }
    allreduce = try heartbeat.whileWaiting { [virtualShards, network] in
      try TreeAllreduce(
        world: world, shards: virtualShards, floats: network.table.learningSlabCount,
        doubles: StepSums.doubleCount(ranks: world.size),
        method: configuration.allreduce, ranksPerNode: ranksPerNode)
    }
    let validation: SplitName? = [.validation, .test].first { store.splits[$0] != nil }
    let targets = TargetKind(split.labels)
    metrics = try configuration.metrics.resolved(
      for: configuration.loss.value, output: network.outputShape, targets: targets)
    evaluator = try validation.map { [network, training, store, virtualShards, metrics] in
      try Evaluator(
        network, store: store, split: $0, metrics: metrics, shards: virtualShards, method: configuration.allreduce,
        memory: budget.bytesPerRank - training.byteCount(ranksOfNode: budget.node.size),
        sharing: shared?.samples(of: $0), world: world)
    }
    countsHits = configuration.loss.value.countsHits(output: network.outputShape, targets: targets)
    stopping = try configuration.earlyStopping.map { [countsHits, metrics] in
      try EarlyStopping($0, countsHits: countsHits, validation: validation == nil ? nil : metrics)
    }
    bestEpoch = BestEpochRule(stopping, hasValidation: validation != nil)
    bestParameters =
      configuration.earlyStopping?.restoreBestWeights == true ? Slab(count: network.parameters.floats.count) : nil
    for step in [0, layout.steps - 1] {
      for shard in shards {
        try network.prepare(batchSize: layout.positions(step: step, shard: shard).count, for: .training)
      }
    }
    setup = try TrainingSetup(
      store: store, validation: validation, model: model, layout: layout, parameterCount: network.table.parameterCount,
      reduction: allreduce.path, residence: training.residence, storeFingerprint: fingerprint, world: world)
    stepTimes = StepTimes(ranks: world.size)
    recorder =
      try world.rank == 0
      ? folder.map { [network, setup, layout] in
        let log =
          try configuration.recordParameters
          ? ParameterLog(of: network, configuration, store: store, stepsPerEpoch: layout.steps) : nil
        return try RunRecorder($0, configuration, storeFingerprint: setup.storeFingerprint, parameters: log)
      } : nil
    heartbeat.enter(.ended)
  }

  /// Trains from the beginning, or from `checkpoint`, to the last epoch, or to where early stopping ends it.
  ///
  /// Collective: every rank must call this, with the same checkpoint.
  ///
  /// - Returns: what the model yields on the validation split; nil if there is none, or nothing was left to train.
  @discardableResult
  public func train(from checkpoint: Checkpoint? = nil) throws -> EvaluationMetrics? {
    defer { watchdog = nil }
    try restoreOrInitialize(checkpoint)
    var validation: EvaluationMetrics?
    while progress.epoch < configuration.epochs && reasonToStop == nil {
      try beginEpoch()
      while progress.step < layout.steps {
        for shard in shards { try computeShard(shard) }
        let total = try reduce()
        let step = try update(total)
        try record(step)
        if stopReason != nil { return try stopEarly() }
      }
      validation = try validate()
      try finishEpoch(validation)
    }
    try checkReplicas()
    try recorder?.finish(state, reasonToStop)
    if try restoreBestEpoch(), validation != nil { validation = try evaluate() }
    try leaveTogether()
    return validation
  }

  /// Why training has ended before its last epoch; nil if it has not.
  public var reasonToStop: String? { reasonToStopHere ?? reasonToStop(at: progress) }

  /// Ends training after this epoch; for ``onEpoch``.
  ///
  /// Collective: every rank must call this in the same epoch.
  public func stop(because reason: String) { reasonToStopHere = reason }

  /// Lets training wait after this epoch, to be continued from ``checkpoint()``; for ``onEpoch``.
  ///
  /// Unlike at an end, the parameters stay those of the last epoch, whatever early stopping keeps.
  ///
  /// Collective: every rank must call this in the same epoch.
  public func pause() {
    isPaused = true
    reasonToStopHere = "it is to be continued"
  }

  /// What the network, as it is now, yields on a whole split; nil if the store has none of that name.
  ///
  /// Collective: every rank must call this.
  public func evaluate(_ split: SplitName) throws -> EvaluationMetrics? {
    if split == setup.validation?.split { return try evaluate() }
    guard store.splits[split] != nil else { return nil }
    let evaluator = try Evaluator(
      network, store: store, split: split, metrics: metrics, shards: virtualShards, method: configuration.allreduce,
      sharing: shared?.samples(of: split), world: world)
    let result = try evaluate(with: evaluator)
    try evaluator.free()
    return result
  }

  /// Where training is: all that ``train(from:)`` needs to go on, now or later, here or elsewhere.
  public func checkpoint() throws -> Checkpoint {
    let state = state
    return try Checkpoint(
      of: network, bestParameters: state.bestParameters, progress: progress, configuration: configuration,
      storeFingerprint: setup.storeFingerprint)
  }

  /// Why training would not go on from `progress` although epochs are left; nil if it would.
  public func reasonToStop(at progress: TrainingProgress) -> String? { stopping?.reason(progress.earlyStopping) }

  private func beginEpoch() throws {
    let batches = batches ?? microBatches()
    self.batches = batches
    stopwatch.start(batches)
    rhythm.beginEpoch()
  }

  /// Forward and backward for one shard's part of the batch, into this shard's slot of the reduction.
  private func computeShard(_ shard: Int) throws {
    let batch = try nextBatch(shard)
    let slot = allreduce.slot
    var sums = BatchSums()
    if batch.count == 0 {
      slot.floats.update(repeating: 0)
    } else {
      sums = try forward(batch)
      try network.backward(into: slot.floats)
    }
    StepSums(in: slot.doubles).write(sums, shard == shards.lowerBound ? report() : nil, of: world.rank)
    allreduce.add()
  }

  private func nextBatch(_ shard: Int) throws -> Batch {
    heartbeat.enter(.reading, step: progress.updates + 1, shard: shard)
    guard let batch = try batches?.next() else { preconditionFailure("the schedule ends with the last step") }
    heartbeat.enter(.computing, step: progress.updates + 1, shard: shard)
    return batch
  }

  private func forward(_ batch: Batch) throws -> BatchSums {
    try network.load(NetworkBatch(batch), update: progress.updates)
    return try network.forward()
  }

  /// What this rank tells the others in this step.
  private func report() -> RankReport {
    RankReport(
      stop: shouldStop?(rhythm.longest), secondsComputing: rhythm.secondsComputing,
      parameterHash: comparesReplicas ? parameterHash : 0)
  }

  /// Whether this is a step in which ranks compare their parameters.
  private var comparesReplicas: Bool {
    configuration.checkEvery > 0 && (progress.updates + 1) % configuration.checkEvery == 0
  }

  private var parameterHash: UInt64 { hash64(of: UnsafeRawBufferPointer(network.parameters.floats)) }

  private func reduce() throws -> ReductionSlot {
    rhythm.beginReduction()
    heartbeat.enter(.waiting)
    let total = try allreduce.reduce()
    heartbeat.enter(.updating)
    rhythm.endReduction()
    return total
  }

  /// Applies the summed gradients to this rank's replica, and says what the step yielded before that.
  private func update(_ total: ReductionSlot) throws -> StepMetrics {
    let count = layout.count(ofStep: progress.step)
    let sums = StepSums(in: total.doubles)
    stopReason = sums.reports.stop
    stepTimes.add(sums.reports)
    var step = StepMetrics(
      epoch: progress.epoch + 1, step: progress.updates + 1, loss: sums.loss / Double(count),
      correct: countsHits ? sums.correct : nil, count: count)
    if comparesReplicas {
      try Desynchronization.check(sums.reports, of: places, step: step.step, interval: configuration.checkEvery)
      step.hashes = StepHashes(
        parameters: sums.reports[0].parameterHash, gradients: hash64(of: UnsafeRawBufferPointer(total.floats)))
    }
    let average = network.average(sum: UnsafeBufferPointer(total.floats), count: count)
    step.loss += average.penalty
    // Decided by sums that all ranks have, not by this replica's penalty: ranks must not go separate ways.
    if configuration.nonFinite != .ignore, try isNonFiniteAnywhere(!average.isFinite || !sums.loss.isFinite) {
      try refuse(&step)
    } else {
      let factor = configuration.schedule.value.factor(
        afterUpdates: progress.updates, batchSize: configuration.batchSize)
      network.update(
        learningRate: configuration.optimizer.value.learningRate * factor, updates: progress.updates)
      progress.skippedInARow = 0
    }
    progress.step += 1
    progress.updates += 1
    return step
  }

  /// Whether sums are not finite, here or on any other rank: `MPI_Allreduce` need not give all ranks the same ones.
  ///
  /// Collective where the library reduces; along the tree all ranks have the same sums.
  private func isNonFiniteAnywhere(_ isHere: Bool) throws -> Bool {
    guard configuration.allreduce == .mpi, world.size > 1 else { return isHere }
    return try heartbeat.whileWaiting { try world.allreduce(maximum: isHere ? 1 : 0) } > 0
  }

  /// Finds out whose numbers are not finite, and skips the step, or ends training where it was before.
  private func refuse(_ step: inout StepMetrics) throws {
    var found = try nonFiniteNumber(in: step)
    guard configuration.nonFinite == .skip, progress.skippedInARow < NonFinitePolicy.mostInARow else {
      found.skippedBefore = progress.skippedInARow
      heartbeat.enter(.recording)
      try recorder?.stop(state)
      try leaveTogether()
      throw found
    }
    progress.skippedInARow += 1
    step.isSkipped = true
    if world.rank == 0 { logger.warning("\(found); the step is skipped") }
  }

  /// Computes the step once more, shard by shard: the sum does not tell where a number has come from.
  ///
  /// Collective: every rank must call this, before the step is counted.
  private func nonFiniteNumber(in step: StepMetrics) throws -> NonFiniteNumber {
    batches = nil
    batches = microBatches()
    var mine = Int.max
    for shard in shards {
      let batch = try nextBatch(shard)
      guard batch.count > 0 else { continue }
      let isLoss = !(try forward(batch).loss).isFinite
      let gradients = allreduce.slot.floats
      try network.backward(into: gradients)
      if isLoss || gradients.contains(where: { !$0.isFinite }) { mine = min(mine, 2 * shard + (isLoss ? 0 : 1)) }
    }
    let first = try heartbeat.whileWaiting { try world.allreduce(minimum: mine) }
    guard first < Int.max else {
      return NonFiniteNumber(step: step.step, epoch: step.epoch, shard: nil, isLoss: !step.loss.isFinite)
    }
    let owner = (0..<world.size).first { virtualShards.range(ofRank: $0, of: world.size).contains(first / 2) } ?? 0
    return NonFiniteNumber(
      step: step.step, epoch: step.epoch, shard: (first / 2, owner, places[owner]), isLoss: first.isMultiple(of: 2))
  }

  private func record(_ step: StepMetrics) throws {
    heartbeat.enter(.recording)
    progress.totals.add(step)
    warnOnce(ifDiverged: step)
    stopwatch.images += step.count
    try recorder?.record(step)
    try recorder?.checkpointIfDue(state, epochIsComplete: false)
    try onStep?(step)
  }

  private func warnOnce(ifDiverged step: StepMetrics) {
    guard !step.loss.isFinite, !step.isSkipped, !hasDiverged else { return }
    hasDiverged = true
    if world.rank == 0 {
      logger.warning(
        "the loss is \(step.loss) from step \(step.step) on: training has diverged; lower the learning rate")
    }
  }

  /// Leaves a checkpoint of where training is, with nothing lost and nothing declared done.
  private func stopEarly() throws -> EvaluationMetrics? {
    try checkReplicas()
    try recorder?.stop(state)
    try leaveTogether()
    return nil
  }

  /// Makes sure, before anything final is written, that all ranks have come to the same parameters.
  ///
  /// Collective: every rank must call this.
  private func checkReplicas() throws {
    heartbeat.enter(.recording, step: progress.updates)
    try heartbeat.whileWaiting {
      try ReplicaConsistency.check(
        parameters: parameterHash, of: places, after: progress.updates, configuration, on: world)
    }
  }

  /// Waits until all that was recorded is on the disk; till then no rank is out of sight.
  ///
  /// Collective: every rank must call this.
  private func leaveTogether() throws {
    heartbeat.enter(.waiting)
    try world.barrier()
    heartbeat.enter(.ended)
  }

  private func validate() throws -> EvaluationMetrics? {
    if let batches { stopwatch.stop(batches) }
    return try evaluate()
  }

  /// What the network yields on the split that it is validated on; nil if there is none.
  private func evaluate() throws -> EvaluationMetrics? { try evaluator.map { try evaluate(with: $0) } }

  private func evaluate(with evaluator: Evaluator) throws -> EvaluationMetrics {
    try evaluator.evaluate { phase in
      heartbeat.enter(phase)
      if phase == .evaluating { try onEvaluationBatch?() }
    }
  }

  /// The time that the rank which waited longest has waited for the reader thread in this epoch.
  private func longestWait() throws -> Double {
    Double(try heartbeat.whileWaiting { try world.allreduce(maximum: Int(stopwatch.secondsWaited * 1e6)) }) / 1e6
  }

  private func finishEpoch(_ validation: EvaluationMetrics?) throws {
    let metrics = EpochMetrics(
      epoch: progress.epoch + 1, step: progress.updates, loss: progress.totals.meanLoss,
      accuracy: countsHits ? progress.totals.accuracy : nil, validation: validation, seconds: stopwatch.seconds,
      imagesPerSecond: stopwatch.imagesPerSecond, skipped: progress.totals.skipped, secondsWaited: try longestWait(),
      rankTimes: stepTimes.takeSummary())
    heartbeat.enter(.recording)
    progress.epoch += 1
    progress.step = 0
    progress.totals = EpochTotals()
    if let stopping, let value = metrics.number(named: stopping.monitor),
      stopping.observe(value, epoch: progress.epoch, in: &progress.earlyStopping)
    {
      _ = bestParameters?.floats.update(fromContentsOf: network.parameters.floats)
    }
    bestEpoch.observe(metrics, in: &progress.best)
    try recorder?.record(metrics)
    try recorder?.checkpointIfDue(state, epochIsComplete: true)
    try onEpoch?(metrics)
  }

  /// Gives shared memory back.
  ///
  /// Collective: every rank must call this when it has trained, at most once.
  public func free() throws {
    // Its thread reads from what is given back.
    batches?.stop()
    try evaluator?.free()
    try allreduce.free()
    try training.free()
  }

  private func restoreOrInitialize(_ checkpoint: Checkpoint?) throws {
    heartbeat.enter(.starting)
    if let checkpoint {
      try checkpoint.check(
        fits: configuration, storeFingerprint: setup.storeFingerprint, network: network, layout: layout)
      if checkpoint.platform != .current, world.rank == 0 {
        logger.warning(
          "the checkpoint was computed by \(checkpoint.platform), this is \(Checkpoint.Platform.current): the bits will differ from an uninterrupted run's"
        )
      }
      try checkpoint.restore(network, bestParameters: bestParameters)
      progress = checkpoint.progress
      if progress.best?.monitor != bestEpoch.monitor { progress.best = nil }
      try takeOverEarlyStopping(from: checkpoint)
    } else {
      // What Keras could not read is no model to train for hours.
      try KerasGraph(network.model, input: network.inputShape).check()
      network.table.initialize(network.parameters, seed: UInt64(configuration.seed))
      network.parametersChanged()
      if let file = configuration.initialWeights { try start(from: file) }
    }
    try recorder?.start(from: progress, isStopped: reasonToStop != nil)
    try onStart?()
  }

  /// Keeps what early stopping remembers as far as it is of use: settings may have changed.
  ///
  /// - Throws: ``CheckpointError`` if training is over, but by other rules than the checkpoint's.
  private func takeOverEarlyStopping(from checkpoint: Checkpoint) throws {
    let before = try checkpoint.earlyStopping
    let known = stopping?.remembered(from: progress, under: before)
    progress.earlyStopping = bestParameters != nil && checkpoint.bestParameters == nil ? nil : known
    try checkpoint.check(
      rules: configuration.earlyStopping, end: stopping?.reasonSoFar(known),
      isOver: progress.epoch == configuration.epochs)
    guard let stopping, progress.epoch > 0, world.rank == 0 else { return }
    if progress.earlyStopping == nil {
      let remark = "the checkpoint does not have what the best epoch before was"
      logger.warning("early stopping looks at \(stopping.monitor) from epoch \(progress.epoch + 1) on: \(remark)")
    } else if let patience = stopping.settings.patience, patience < progress.epoch, patience < before?.patience ?? .max
    {
      let remark = "with that from its beginning this run might have ended before, which the checkpoint does not tell"
      logger.warning("the patience of \(patience) counts from here on: \(remark)")
    }
  }

  /// What a checkpoint is made of.
  private var state: TrainingState {
    TrainingState(
      network: network, progress: progress, bestParameters: progress.earlyStopping == nil ? nil : bestParameters)
  }

  /// Puts the parameters of the best epoch back, if that is asked for, and says whether it was.
  private func restoreBestEpoch() throws -> Bool {
    guard !isPaused, let best = state.bestParameters else { return false }
    _ = network.parameters.floats.update(fromContentsOf: best.floats)
    network.parametersChanged()
    return true
  }

  private func start(from file: String) throws {
    let weights = try InitialWeights(file, into: network, on: world)
    guard world.rank == 0, let remark = weights.remark else { return }
    logger.warning("\(file): \(remark)")
  }

  private func microBatches() -> BatchLoader {
    let schedule = MicroBatchSchedule(
      configuration.order, layout, orders: orders, shards: shards, seed: UInt64(configuration.seed),
      epoch: progress.epoch, step: progress.step, epochs: configuration.epochs)
    training.samples.seek(
      epoch: progress.epoch, positions: shards.map { layout.position(step: progress.step, shard: $0) })
    let transformer = configuration.augmentation.map { ImageTransformer($0, seed: UInt64(configuration.seed)) }
    return BatchLoader(
      samples: training.samples, largestBatch: layout.largestMicroBatch, schedule: schedule, transformer: transformer)
  }
}
