import ArgumentParser
import FoundationEssentials
import MPI
import NeuralNetwork
import Numerics
import Reports
import Sweeps
import Training

/// Measures what a trial of a sweep takes besides its training.
struct BenchSweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Measure what a trial of a sweep takes besides its training.",
    discussion: """
      Trains many short trials of the digits experiment (or of --store and --model) in a temporary folder, and compares the time
      that passes with the trials' training steps.

      Example:
        mpirun -n 2 cnn-dist bench sweep
      """)

  @OptionGroup(title: "Settings (keys of the run file)") var settings: TrainingOptions

  @Option(help: "How many trials.")
  var trials = 40

  func validate() throws {
    if trials < 2 { throw ValidationError("--trials must be 2 or more") }
  }

  func run() throws {
    let environment = try Environment()
    let world = try environment.world.numberedByNode()
    var message: [UInt8] = []
    var path = ""
    if world.rank == 0 {
      if let range = settings.ranges.first {
        throw ConfigurationError(
          "the bench takes one number, found '\(range.values)'", at: range.setting,
          advice: "use --trials for more trials")
      }
      var tree = try settings.tree(over: settings.config)
      if settings.epochs == nil { tree.set("epochs", to: .int(5)) }
      let configuration = try ConfigurationTree(
        yaml: settings.resolve(tree, settings.config).yaml(), from: "settings")
      let sweep = SweepConfiguration(
        settings: configuration, grid: try Grid([Axis("l2=1e-6:1e-3:lin\(trials)")], .all, seed: 0))
      message = try sweep.checked(ranks: world.size).message()
      path = "\(FileManager.default.temporaryDirectory.path)/cnn-dist-bench-\(UUID().uuidString)"
    }
    let sweep = try SweepConfiguration(message: world.broadcast(message, from: 0))
    path = try world.broadcast(path, from: 0)
    defer { if world.rank == 0 { try? FileManager.default.removeItem(atPath: path) } }

    let base = try sweep.base()
    let samples = try SharedSamples(base.storeSelection, memoryPerRank: base.memoryPerRank, on: world)
    let folder = SweepFolder(path)
    let state =
      try world.rank == 0
      ? SweepState(
        folder, sweep, SweepDescription(sweep, samples), part: .all, startsAnew: false, samples: samples) : nil
    try world.barrier()
    let pending = try world.broadcast(Array(JSONEncoder().encode(state?.pending ?? [])), from: 0)
    let plan = SweepScheduler.Plan(
      configuration: sweep, part: .all, pending: try JSONDecoder().decode([PendingTrial].self, from: Data(pending)))
    let scheduler = try SweepScheduler(
      plan, samples: samples, folder: folder, world: world, logger: StandardErrorLog.logger)
    try world.barrier()
    let begin = ContinuousClock.now
    try scheduler.run()
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    if world.rank == 0 {
      withExtendedLifetime(state) {}
      try show(folder.records(), seconds: seconds, groups: world.size, epochs: base.epochs)
    }
    try scheduler.free()
    try samples.free()
    try environment.finalize()
  }

  private func show(_ records: [TrialRecord], seconds: Double, groups: Int, epochs: Int) throws {
    let training = records.reduce(0) { $0 + $1.trainingSeconds }
    let whole = records.reduce(0) { $0 + $1.seconds }
    func milliseconds(_ seconds: Double) -> String { "\(Text.fixed(1000 * seconds / Double(records.count), 2)) ms" }
    try StandardOutput.write(
      """
      sweep      \(Text.count(records.count, "trial")) of \(Text.count(epochs, "epoch")) in \(Text.count(groups, "group")): \(Text.fixed(seconds, 3)) s
      training   \(milliseconds(training)) a trial, \(Text.grouped(records.reduce(0) { $0 + $1.imagesPerSecond } / Double(records.count))) images/s
      overhead   \(milliseconds(whole - training)) a trial besides its steps: compiling or restarting the network, evaluating
      waiting    \(milliseconds(seconds * Double(groups) - whole)) a trial between trials: the counter, the journal's fsync, the end
      ratio      \(Text.fixed(seconds * Double(groups) / max(training, 1e-9), 3)) of the training time divided by the groups

      """)
  }
}
