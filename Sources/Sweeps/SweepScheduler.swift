import Glibc
import Logging
import MPI
import NeuralNetwork
import Numerics
import Reports
import Training

/// Trains the trials of a sweep on all ranks of a job.
///
/// START HERE: ``run()`` is the whole algorithm.
///
/// The ranks form groups. A group takes the next trial from a counter that all share, trains it, notes the result in its
/// journal and takes the next: no rank only hands out work, and a slow trial holds nobody up. What a trial yields does not
/// depend on the group or on the number of its ranks.
public final class SweepScheduler {
  /// What the ranks of a job must know of the sweep, the same on all.
  public struct Plan: Sendable {
    /// The sweep.
    public var configuration: SweepConfiguration
    /// The part of it that this job has.
    public var part: SweepPart
    /// The trials to train, in the order in which they are begun.
    public var pending: [PendingTrial]
    /// The scores that trials of before have had at the rungs, by rung and trial: what stopping rules compare with.
    public var scores: [RungScore]

    /// A plan.
    public init(configuration: SweepConfiguration, part: SweepPart, pending: [PendingTrial], scores: [RungScore] = []) {
      self.configuration = configuration
      self.part = part
      self.pending = pending
      self.scores = scores
    }
  }

  private let world: Communicator
  private let group: Communicator
  private let plan: Plan
  private let samples: SharedSamples
  private let runner: TrialRunner
  private let journal: SweepJournal?  // of the group's first rank
  private let log: GroupLog?
  private let board: SweepBoard
  private let rungs: Rungs
  private let watch: JobWatch
  private let keys: [Int: String]  // by trial
  /// The trials that wait at a rung; every rank of the group has its part.
  private var paused: [Int: (rung: Int, pause: TrialRunner.Pause)] = [:]
  /// Told of every trial that this group has finished, on its first rank.
  public var onTrial: ((TrialRecord) -> Void)?
  /// Called on rank 0 while it trains and while it waits for others.
  public var onProgress: ((SweepBoard.Counts) -> Void)?

  /// Asked on every rank in every step whether the job is to stop; see ``Trainer/shouldStop``.
  public var shouldStop: ((Duration) -> StopReason?)?
  /// Why the job has stopped before all its trials were done; nil if it has not.
  ///
  /// It is the same on every rank.
  public private(set) var stopReason: StopReason?

  /// Forms the groups, opens journals and logs.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Parameter logger: for what is not only of interest later: a rank that hangs.
  public init(
    _ plan: Plan, samples: SharedSamples, folder: SweepFolder, world: Communicator, logger: Logger
  ) throws {
    self.world = world
    self.plan = plan
    self.samples = samples
    let number = world.rank / plan.configuration.ranksPerTrial
    group = try world.split(color: number, key: world.rank)
    rungs = Rungs(plan.configuration.stopping, epochs: try plan.configuration.base().epochs)
    board = try SweepBoard(
      trials: plan.configuration.trialCount, rungs: rungs.epochs.count, isNeeded: !rungs.epochs.isEmpty, on: world)
    if world.rank == 0 { for score in plan.scores { try board.note(score) } }
    let isFirst = group.rank == 0
    let name = "\(plan.part.name).group-\(number)"
    journal = try isFirst ? SweepJournal("\(folder.journalsFolder)/\(name).jsonl") : nil
    log = try isFirst ? GroupLog("\(folder.logsFolder)/\(name).log") : nil
    keys = Dictionary(uniqueKeysWithValues: plan.pending.map { ($0.index, $0.key) })
    runner = try TrialRunner(
      group: group, number: number, samples: samples, logger: Self.logger(log, logger),
      stallFolder: folder.stallFolder(plan.part, group: number))
    watch = try JobWatch(
      on: world, plan.configuration.base(), folder: folder.stallFolder(plan.part), logger: logger)
    try world.barrier()
  }

  /// What trainings log goes to the group's log, errors to that of the job too.
  private static func logger(_ log: GroupLog?, _ logger: Logger) -> Logger {
    var errors = logger
    errors.logLevel = .error
    guard let log else { return errors }
    return Logger(label: logger.label) { [errors] _ in MultiplexLogHandler([log.logger.handler, errors.handler]) }
  }

  /// Trains trials until none is left, or the job is to stop.
  ///
  /// Collective: every rank must call this.
  ///
  /// - Throws: `FileWriteError` if a journal cannot be written; what every journal has is complete.
  public func run() throws {
    while let job = try watch.whileWaiting({ try nextJob() }) {
      let trial = try plan.configuration.trial(job.index)
      log?.write("trial \(trial.number): \(trial.text)" + (job.isNew ? "" : ", continued"))
      let before = paused.removeValue(forKey: job.index)
      switch try watch.whileTraining({ try logged { try train(trial, from: before?.pause) } }) {
      case .ended(let record): try note(record)
      case .paused(let pause):
        guard let rung = rungs.rung(at: pause.checkpoint.progress.epoch) else {
          preconditionFailure("a pause at a rung")
        }
        paused[job.index] = (rung, pause)
        log?.write("trial \(trial.number): waits after epoch \(pause.checkpoint.progress.epoch)")
      case .interrupted(let reason):
        if group.rank == 0 { try board.stop(because: reason) }
        log?.write("trial \(trial.number): interrupted by \(reason)")
      }
      if group.rank == 0 { try board.leave() }
    }
    if try watch.whileWaiting({ try !isStopping() }) { try watch.whileTraining { try stopPaused() } }
    try watch.whileWaiting { try waitForOthers() }
    let (code, isComplete) = (try board.stopReason?.code ?? 0, try board.counts().finished == plan.pending.count)
    stopReason = StopReason(code: try world.broadcast(isComplete ? 0 : code, from: 0))
    watch.end()
  }

  /// A trial to begin or to go on with.
  private struct Job {
    let index: Int
    let isNew: Bool
  }

  /// What this group does next, told by its first rank; nil if nothing is left for it.
  private func nextJob() throws -> Job? {
    var answer = -1  // the trial's index times two, and one if it is continued
    if group.rank == 0 {
      while try board.stopReason == nil {
        if let reason = shouldStop?(.zero) {
          try board.stop(because: reason)
        } else if let index = try promoted() {
          try board.enter()
          answer = 2 * index + 1
        } else if let index = try drawn() {
          answer = 2 * index
        } else if !paused.isEmpty, try board.isBusy {
          // What others still train may lift a trial that waits here into the best third.
          try idle()
          continue
        } else if let index = try promoted() ?? survivor() {
          // Looked at once more: the last of the others may have ended a moment ago.
          try board.enter()
          answer = 2 * index + 1
        }
        break
      }
    }
    answer = try group.broadcast(answer, from: 0)
    return answer < 0 ? nil : Job(index: answer / 2, isNew: answer % 2 == 0)
  }

  /// Whether the job is to stop, as this group's first rank sees it.
  private func isStopping() throws -> Bool { try group.broadcast(try board.stopReason?.code ?? 0, from: 0) != 0 }

  /// Whether the job is to stop, by this rank's own account or by that of another group.
  ///
  /// Without remote memory access it is rank 0 that answers, between two of its batches: who asked in every step would have
  /// its pace. So others are asked after an epoch; signals and deadlines come to every group by themselves.
  private func reasonToStop(_ pause: Duration) -> StopReason? {
    if let reason = shouldStop?(pause) { return reason }
    guard group.rank == 0, isEpochOver, ContinuousClock.now - lastLook > .milliseconds(200) else { return nil }
    isEpochOver = false
    lastLook = .now
    return try? board.stopReason
  }

  private var lastLook = ContinuousClock.now
  private var isEpochOver = false

  /// The next trial that nobody has begun.
  private func drawn() throws -> Int? {
    try board.enter()
    let place = try board.draw()
    if place < plan.pending.count { return plan.pending[place].index }
    try board.leave()
    return nil
  }

  /// A trial that waits here and may go on: of those at the highest rung the one with the lowest number.
  private func promoted() throws -> Int? {
    for (index, entry) in paused.sorted(by: { ($1.value.rung, $0.key) < ($0.value.rung, $1.key) }) {
      if StoppingRule.isPromoted(index, among: try board.scores(atRung: entry.rung)) { return index }
    }
    return nil
  }

  /// The trial that waits here and is the best of all at the highest rung: one trial at least trains all its epochs.
  private func survivor() throws -> Int? {
    for rung in rungs.epochs.indices.reversed() {
      let scores = try board.scores(atRung: rung)
      guard
        let best = scores.indices.first(where: { !scores[$0].isNaN && StoppingRule.place(of: $0, among: scores) == 1 })
      else { continue }
      return paused[best]?.rung == rung ? best : nil
    }
    return nil
  }

  private func train(_ trial: Trial, from pause: TrialRunner.Pause?) throws -> TrialRunner.Outcome {
    try runner.run(
      trial, key: key(of: trial), from: pause, judge: { [self] epoch in try judge(trial, epoch) },
      shouldStop: { [self] pause in reasonToStop(pause) }, onBatch: { [self] in try breathe() })
  }

  /// What ends the sweep is in the group's log too.
  private func logged<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      log?.write("\(error)")
      throw error
    }
  }

  /// Whether a trial goes on after an epoch; the group's first rank decides for all.
  private func judge(_ trial: Trial, _ epoch: EpochMetrics) throws -> TrialRunner.Verdict {
    isEpochOver = true
    guard let rung = rungs.rung(at: epoch.epoch), epoch.epoch < trial.configuration.epochs else { return .goOn }
    var reason = ""
    if group.rank == 0 {
      let score = RungScore(
        rung: rung, trial: trial.number - 1,
        value: TrialRecord.Epoch(epoch).score(
          isValidated: epoch.validation != nil, skips: trial.configuration.nonFinite == .skip))
      try board.note(score)
      if plan.configuration.stopping == .median {
        var others = try board.scores(atRung: rung)
        others[score.trial] = .nan
        reason = StoppingRule.median(score.value, others: others, epoch: epoch.epoch) ?? ""
      }
    }
    guard plan.configuration.stopping == .median else { return .pause }
    reason = try group.broadcast(reason, from: 0)
    return reason.isEmpty ? .goOn : .stop(reason)
  }

  /// Ends the trials that still wait: others are better, and nobody is left who could change that.
  private func stopPaused() throws {
    for (index, entry) in paused.sorted(by: { $0.key < $1.key }) {
      let trial = try plan.configuration.trial(index)
      let epoch = rungs.epochs[entry.rung]
      var reason = ""
      if group.rank == 0 {
        let scores = try board.scores(atRung: entry.rung)
        let place = StoppingRule.place(of: index, among: scores)
        reason =
          "place \(place) of \(scores.count { !$0.isNaN }) at epoch \(epoch), of which one in \(Rungs.reduction) went on"
      }
      reason = try group.broadcast(reason, from: 0)
      try note(runner.end(trial, key: key(of: trial), at: entry.pause, because: reason))
    }
    paused = [:]
  }

  private func key(of trial: Trial) -> String {
    guard let key = keys[trial.number - 1] else { preconditionFailure("a trial of the plan") }
    return key
  }

  private func note(_ record: TrialRecord) throws {
    guard let journal else { return }
    try journal.append(record)
    log?.write(
      "trial \(record.trial): \(record.outcome.rawValue)" + (record.reason.map { ", \($0)" } ?? "")
        + ", \(Text.count(record.epochs, "epoch"))" + (record.score.map { ", \(record.scoreName) \($0)" } ?? ""))
    try board.count(record)
    // Whoever has not come through is not the best of those that have.
    if record.outcome == .diverged || record.outcome == .failed {
      for rung in rungs.epochs.indices {
        try board.note(RungScore(rung: rung, trial: record.trial - 1, value: .nan))
      }
    }
    onTrial?(record)
    try breathe(evenIfShown: true)
  }

  private var lastShown = ContinuousClock.now

  /// Serves the counter, and shows how far the sweep is; rank 0 only.
  private func breathe(evenIfShown: Bool = false) throws {
    guard world.rank == 0 else { return }
    try world.progress()
    guard let onProgress, evenIfShown || ContinuousClock.now - lastShown > .milliseconds(200) else { return }
    lastShown = .now
    onProgress(try board.counts())
  }

  private func idle() throws {
    usleep(20_000)
    try breathe()
  }

  /// Sleeps until all groups are done: a rank that waits in a barrier would take a core from those that compute.
  private func waitForOthers() throws {
    if group.rank == 0 {
      try board.arrive()
      let groups = (world.size + plan.configuration.ranksPerTrial - 1) / plan.configuration.ranksPerTrial
      while try board.arrivals < groups {
        if let reason = shouldStop?(.zero) { try board.stop(because: reason) }
        try idle()
      }
    }
    try world.barrier()
    try breathe(evenIfShown: true)
  }

  /// Gives shared memory back.
  ///
  /// Collective: every rank must call this, at most once.
  public func free() throws { try watch.whileWaiting { try board.free() } }
}

extension Communicator {
  /// Rank `root`'s number, on every rank.
  ///
  /// Collective: every rank must call this.
  fileprivate func broadcast(_ number: Int, from root: Int) throws(MPIError) -> Int {
    if size == 1 { return number }
    return Int(try broadcast("\(number)", from: root)) ?? -1
  }
}
