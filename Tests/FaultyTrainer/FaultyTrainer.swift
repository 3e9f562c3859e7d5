import AllocationCounter
import ArgumentParser
import Foundation
import Glibc
import Logging
import MPI
import NeuralNetwork
import Synchronization
import Training

/// A trainer that breaks where it is told to, or counts what its steps allocate: for tests only.
///
/// The product has no such flags. What is injected goes through ``Trainer/onStep``.
@main
struct FaultyTrainer: ParsableCommand {
  /// Ways to end.
  enum Fault: String, ExpressibleByArgument, CaseIterable {
    /// An error, as a full disk would be.
    case `throw`
    /// SIGKILL, as from the kernel when memory is short.
    case kill
    /// SIGKILL to mpirun, as from someone who has lost patience.
    case killMpirun = "kill-mpirun"
    /// SIGKILL to mpirun and all ranks at the same moment, as when a machine loses its power.
    case killHost = "kill-host"
    /// `exit` without an error, as a library might.
    case exit
    /// A Swift run-time error.
    case trap
    /// No end at all.
    case hang
    /// SIGSTOP, as if its machine stood still.
    case freeze
    /// A bit of a parameter that changes, as in faulty memory.
    case flip
    /// A parameter that is no number.
    case nan
    /// Half a second for every batch of an evaluation, on every rank.
    case slowEvaluation = "slow-evaluation"
  }

  @Option(help: "A key of the run file and its value.")
  var set: [String] = []

  @Option(help: "The folder of the run; nothing is recorded without it.")
  var output: String?

  @Option(help: "The rank that breaks.")
  var rank = 0

  @Option(help: "The step after which it breaks, counted from 1.")
  var atStep = 0

  @Option(help: "How it breaks.")
  var fault: Fault?

  private static let isKilled = Atomic<Bool>(false)

  @Option(help: "How many microseconds later it breaks; meanwhile training goes on.")
  var after = 0

  @Flag(help: "Continue the run in --output from its newest checkpoint.")
  var resume = false

  @Flag(help: "Count the memory allocated in the steps of the second epoch and later; fail if there is any.")
  var countAllocations = false

  @Flag(help: "Print the median time of the steps of the second epoch and later.")
  var measure = false

  func run() throws {
    var rank = 0
    do {
      let environment = try Environment()
      rank = environment.world.rank
      try train(on: environment.world)
      try environment.finalize()
    } catch {
      // What the product does with an error: one message, and the end of all ranks.
      FileHandle.standardError.write(Data("cnn-dist: [rank \(rank)] \(error)\n".utf8))
      Environment.abort(code: error is Injected ? 65 : 70)
    }
  }

  private func train(on world: Communicator) throws {
    let folder = output.map { RunFolder($0, isResumed: resume) }
    let checkpoint = try resume ? folder.flatMap { try Checkpoint.newest(in: $0, on: world) { _ in } } : nil
    let trainer = try Trainer(
      configuration(), world: world, folder: folder, logger: Logger(label: "FaultyTrainer"))
    var watch = StepWatch(stepsPerEpoch: trainer.setup.stepsPerEpoch, countsAllocations: countAllocations)
    trainer.onStep = { step in
      watch.endStep(step)
      if step.step == atStep && rank == world.rank { try breakDown(trainer.network) }
      // Ranks whose mpirun is gone notice it within a second; a short run would be at its end.
      while Self.isKilled.load(ordering: .relaxed) { usleep(1_000) }
      watch.beginStep(after: step)
    }
    if fault == .slowEvaluation { trainer.onEvaluationBatch = { usleep(500_000) } }
    trainer.onEpoch = { epoch in
      // Through the same buffer as what oneDNN prints, so that the order is kept.
      if epoch.epoch == 1 && world.rank == 0 { print("the first epoch is complete") }
    }
    try trainer.train(from: checkpoint)
    try trainer.free()
    if countAllocations { try watch.checkAllocations() }
    if measure && world.rank == 0 { print("median step: \(watch.medianMicroseconds) µs") }
  }

  private func configuration() throws -> TrainingConfiguration {
    var tree = ConfigurationTree()
    for setting in set {
      let parts = setting.split(separator: "=", maxSplits: 1)
      tree.set(String(parts[0]), to: ConfigurationTree.value(String(parts[1])))
    }
    var configuration = try tree.decode(TrainingConfiguration.self)
    configuration.l2 = try configuration.modelDescription().l2
    return configuration
  }

  /// Whom the fault kills, this process last; nil if it kills nobody.
  private var victims: [Int32]? {
    switch fault {
    case .kill: return [getpid()]
    case .killMpirun: return [getppid()]
    case .killHost:
      // mpirun is the parent of all ranks of its host.
      let file = "/proc/\(getppid())/task/\(getppid())/children"
      let children = ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: " ")
      return [getppid()] + children.compactMap { Int32($0) }.filter { $0 != getpid() } + [getpid()]
    default: return nil
    }
  }

  private func breakDown(_ network: Network) throws {
    if let victims {
      // Without a delay no further step begins, however late the thread runs.
      if after == 0 { Self.isKilled.store(true, ordering: .relaxed) }
      Thread.detachNewThread { [after] in
        usleep(UInt32(after))
        Self.isKilled.store(true, ordering: .relaxed)
        for victim in victims { Glibc.kill(victim, SIGKILL) }
      }
      return
    }
    switch fault {
    case .throw: throw Injected()
    case .exit: Glibc.exit(0)
    case .trap: fatalError("a fault was injected")
    case .hang: while true { sleep(1) }
    case .freeze: Glibc.kill(getpid(), SIGSTOP)
    case .flip:
      let weight = network.parameters.floats[0]
      network.parameters.floats[0] = Float(bitPattern: weight.bitPattern ^ 1)
      network.parametersChanged()
    case .nan:
      // A bias of the last layer: ReLU makes a zero of what is no number.
      network.parameters.floats[network.table.parameterCount - 1] = .nan
      network.parametersChanged()
    case .kill, .killMpirun, .killHost, .slowEvaluation, nil: break
    }
  }
}

/// The error that is thrown on purpose.
private struct Injected: Error, CustomStringConvertible {
  var description: String { "a fault was injected" }
}

/// Watches the steps of all epochs but the first, each from the end of the step before it.
///
/// The first step of an epoch is left out: before it lie evaluation and logging.
private struct StepWatch {
  let stepsPerEpoch: Int
  let countsAllocations: Bool
  private var begin: ContinuousClock.Instant?
  private var times: [Duration] = []

  init(stepsPerEpoch: Int, countsAllocations: Bool) {
    self.stepsPerEpoch = stepsPerEpoch
    self.countsAllocations = countsAllocations
    times.reserveCapacity(1_000_000)
    if countsAllocations { allocation_counter_prepare() }
  }

  mutating func endStep(_ step: StepMetrics) {
    if countsAllocations { allocation_counter_stop() }
    if let begin { times.append(.now - begin) }
  }

  mutating func beginStep(after step: StepMetrics) {
    let isLastOfEpoch = step.step % stepsPerEpoch == 0
    begin = step.epoch > 1 && !isLastOfEpoch ? .now : nil
    if countsAllocations && begin != nil { allocation_counter_start() }
  }

  var medianMicroseconds: Double {
    times.isEmpty ? .nan : times.sorted()[times.count / 2] / .microseconds(1)
  }

  func checkAllocations() throws {
    let (main, reader) = (allocation_counter_main(), allocation_counter_reader())
    print(
      "\(times.count) steps: \(main) allocations on the main thread, \(reader) on the reader's, "
        + "\(allocation_counter_library()) inside oneDNN of at most \(allocation_counter_library_largest()) bytes")
    guard main + reader > 0 else { return }
    allocation_counter_print()
    throw Allocated()
  }
}

/// Steps have allocated memory.
private struct Allocated: Error, CustomStringConvertible {
  var description: String { "steps have allocated memory" }
}
