import ArgumentParser
import MPI
import NeuralNetwork
import Numerics
import Reports
import Training

/// Trains a network; every rank runs this.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on all ranks of the job.",
    discussion: """
      Without any flag it trains the network of the Keras digits experiment on real digits.

      Examples:
        mpirun -n 8 cnn-dist train
        mpirun -n 8 cnn-dist train --l2 0.001 --epochs 50 --output runs/mine
        mpirun -n 3 cnn-dist train --output runs/mine --resume --epochs 100
        mpirun -n 2 cnn-dist train --config run.yaml --set optimizer.momentum=0.9
        mpirun -n 8 cnn-dist train --patience 10 \\
          --set early_stopping.restore_best_weights=true
      """)

  @OptionGroup(title: "Settings (keys of the run file)") var settings: TrainingOptions

  @Option(help: ArgumentHelp("The folder of the run. Default: runs/MODEL-DATE-TIME.", valueName: "folder"))
  var output: String?

  @Flag(help: "Continue the run in --output from its newest checkpoint, on any number of ranks, with the same bits.")
  var resume = false

  @OptionGroup var stopping: StoppingOptions

  @Flag(help: "Print warnings and errors only.")
  var quiet = false

  func validate() throws {
    if output?.isEmpty == true { throw ValidationError("--output needs the name of a folder") }
    if resume && output == nil { throw ValidationError("--resume needs --output FOLDER, the run to continue") }
  }

  func run() throws {
    let shouldStop = try stopping.begin()
    let watch = try settings.watchStart()
    let (environment, world) = try StartWatch.enterJob(watch)
    let (configuration, folder) = try prepare(world, watch)
    let trainer: Trainer
    do {
      trainer = try train(configuration, folder, on: world, watch, until: shouldStop)
    } catch {
      if output == nil { FreeFolder.remove(folder.path) }
      throw error
    }
    try watch.whileWaiting { try environment.finalize() }
    watch.end()
    if let reason = trainer.stopReason {
      throw StoppedEarly(
        reason,
        "there is a checkpoint of step \(trainer.progress.updates); the same command with --output "
          + "\(Text.shellWord(folder.path)) --resume goes on")
    }
  }

  /// Trains to the end, or until it is stopped.
  private func train(
    _ configuration: TrainingConfiguration, _ folder: RunFolder, on world: Communicator, _ watch: JobWatch,
    until shouldStop: @escaping (Duration) -> StopReason?
  ) throws -> Trainer {
    func newestCheckpoint() throws -> Checkpoint? {
      try Checkpoint.newest(in: folder, on: world) { StandardErrorLog.logger.warning("\($0)") }
    }
    let checkpoint = resume ? try (world.rank == 0 ? newestCheckpoint() : watch.whileWaiting(newestCheckpoint)) : nil
    let trainer = try watch.whileTraining {
      try Trainer(configuration, world: world, folder: folder, logger: StandardErrorLog.logger)
    }
    trainer.shouldStop = shouldStop
    let begin = ContinuousClock.now
    if world.rank == 0 && !quiet {
      trainer.onStart = { [unowned trainer] in show(trainer, folder, from: checkpoint) }
    }
    try StopSignals.handle()
    let result = try watch.whileTraining { try trainer.train(from: checkpoint) }
    if world.rank == 0 && !quiet && trainer.stopReason == nil {
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      for line in Self.conclusion(result, trainer, folder, seconds) { Progress.say(line, on: .ofThisProcess()) }
    }
    try watch.whileWaiting { try trainer.free() }
    return trainer
  }

  /// Rank 0 settles settings and folder; the others are told.
  private func prepare(_ world: Communicator, _ watch: JobWatch) throws -> (TrainingConfiguration, RunFolder) {
    var (yaml, path, resumed) =
      try world.rank == 0 ? watch.whileStarting { try settle(ranks: world.size) } : ("", "", nil)
    yaml = try watch.whileWaiting { try world.broadcast(yaml, from: 0) }
    path = try watch.whileWaiting { try world.broadcast(path, from: 0) }
    return (
      try ConfigurationTree(yaml: yaml, from: "settings").decode(TrainingConfiguration.self),
      resumed ?? RunFolder(path, isResumed: resume)
    )
  }

  /// The settings as YAML, the folder's path, and the folder if a run in it is continued.
  private func settle(ranks: Int) throws -> (String, String, RunFolder?) {
    var resumed = resume ? output.map { RunFolder($0, isResumed: true) } : nil
    try resumed?.requireRun()
    if resumed?.isDone == false { try resumed?.takeLock() }
    let configuration = try settings.resolve(resuming: resumed)
    _ = try VirtualShards(count: configuration.virtualShards, ranks: ranks)
    if let output, !resume { try RunFolder(output).requireNoRun() }
    if let output { try Self.requireNoSweep(in: output) }
    let path = try output ?? FreeFolder.make("runs/\(configuration.modelDescription().name)")
    return (try configuration.yaml(), path, resumed)
  }

  /// Makes sure that a run would not lie among the files of a sweep.
  ///
  /// - Throws: `RunFolderError` if there is one in the folder.
  static func requireNoSweep(in folder: String) throws(RunFolderError) {
    guard SweepFolder(folder).hasSweep else { return }
    throw RunFolderError(path: folder, problem: "there is a sweep in it", advice: "use another --output for the run")
  }

  private func show(_ trainer: Trainer, _ folder: RunFolder, from checkpoint: Checkpoint?) {
    let settings = trainer.configuration
    let progress = Progress(trainer.setup, epochs: settings.epochs)
    let optimizer = settings.optimizer.value
    progress.printLine(
      "train   \(type(of: optimizer).kind) \(optimizer.learningRate), batch \(settings.batchSize) over "
        + "\(Text.count(settings.virtualShards, "virtual shard")), order \(settings.order.rawValue), seed \(settings.seed), "
        + "\(Text.count(settings.epochs, "epoch")) of \(Text.count(trainer.setup.stepsPerEpoch, "step"))")
    progress.printLine("output  \(folder.path)")
    if resume && checkpoint == nil {
      progress.printLine("resume  there is no checkpoint yet: training begins again")
    }
    if let checkpoint {
      progress.printLine(
        "resume  \(checkpoint.file): \(Text.count(checkpoint.progress.updates, "step")) done"
          + Self.completion(checkpoint.progress, trainer))
    }
    trainer.onStep = { progress.show($0) }
    trainer.onEpoch = { progress.show($0) }
  }

  /// What a checkpoint from which nothing is left to train says; nothing for others.
  private static func completion(_ progress: TrainingProgress, _ trainer: Trainer) -> String {
    if progress.epoch == trainer.configuration.epochs { return ", training is complete; add --epochs to train on" }
    guard let reason = trainer.reasonToStop(at: progress) else { return "" }
    return ", training is complete: \(reason); change early_stopping to train on"
  }

  private static func conclusion(
    _ result: EvaluationMetrics?, _ trainer: Trainer, _ folder: RunFolder, _ seconds: Double
  ) -> [String] {
    var lines: [String] = []
    if let reason = trainer.reasonToStop { lines.append("stop    \(reason)") }
    if trainer.configuration.earlyStopping?.restoreBestWeights == true, let stopping = trainer.progress.earlyStopping {
      lines.append("best    the model is that of epoch \(stopping.bestEpoch)")
    } else if let best = trainer.progress.best, best.epoch < trainer.progress.epoch,
      let file = folder.checkpoint(of: best)
    {
      lines.append("best    epoch \(best.epoch), \(best.monitor) \(Text.fixed(best.value, 4)); \(file)")
    }
    if let result, let validation = trainer.setup.validation {
      let numbers = result.detailedText(decimals: 4) + ["loss \(Text.fixed(result.loss, 4))"]
      lines.append(
        "done    \(validation.split.rawValue) \(numbers.joined(separator: ", ")), after \(Text.duration(seconds)); "
          + folder.modelFile)
    } else {
      lines.append("done    \(folder.modelFile)")
    }
    return lines
  }
}
