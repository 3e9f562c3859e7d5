import ArgumentParser
import FoundationEssentials
import Glibc
import HDF5
import MPI
import NeuralNetwork
import Numerics
import Reports
import Sweeps
import Training

/// Trains one network for each point of a grid of settings; every rank runs this.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train one network for each point of a grid of settings, and report it as heat maps.",
    discussion: """
      The ranks share the trials; a trial is what train does with the same settings, to the bit. What is done is kept: the same \
      command on the same --output trains what is missing, also after a kill or with more values.

      Examples:
        mpirun -n 8 cnn-dist sweep --learning-rate 1e-5:10:log7 --l2 1e-5:10:log7
        mpirun -n 8 cnn-dist sweep --learning-rate 0.001,0.01,0.1 --axis optimizer.momentum=0,0.5,0.9 --repeats 3
        mpirun -n 8 cnn-dist sweep --axis model.filters=8,16 --axis model.dense.units=50,100 --dry-run
        mpirun -n 8 cnn-dist sweep --learning-rate 1e-4:1:log --l2 1e-5:1:log --random 50 --stopping halving
        mpirun -n 8 cnn-dist sweep --sweep sweep.yaml --output runs/mine --part 2/5
        cnn-dist report runs/mine
      """)

  @OptionGroup(title: "Settings (of all trials; numbers may be ranges)") var settings: TrainingOptions

  @Option(
    help: ArgumentHelp(
      "A setting to vary: a list 0,0.5,0.9, a range 1e-5:10:log7 or 0:1:lin6, or a YAML list [a, b]; may be repeated. The first axis is the rows of the heat maps.",
      valueName: "setting=values"))
  var axis: [String] = []

  @Option(help: ArgumentHelp("A YAML file with axes, settings and all that is below.", valueName: "file"))
  var sweep: String?

  @Option(help: "So many seeds at each point, from --seed on. Default: 1.")
  var repeats: Int?

  @Option(help: "Draw so many points of the ranges at random (1e-5:10:log, 0:1:lin) instead of taking all.")
  var random: Int?

  @Option(help: "Draw so many points as a Latin hypercube.")
  var latinHypercube: Int?

  @Option(
    help: ArgumentHelp(
      "End trials early: none, median (worse than half of the others), halving (only the best third goes on).",
      valueName: "rule"))
  var stopping: String?

  @Option(help: "How many ranks train a trial together. Does not change the result. Default: 1.")
  var ranksPerTrial: Int?

  @Option(help: ArgumentHelp("Do part i of k only, as a job of an array; all write to one --output.", valueName: "i/k"))
  var part: String?

  @Option(help: ArgumentHelp("The folder of the sweep. Default: runs/sweep-MODEL-DATE-TIME.", valueName: "folder"))
  var output: String?

  @OptionGroup var stopsEarly: StoppingOptions

  @Flag(help: "Continue the sweep in --output; without axes on the command line it is the one that is there.")
  var resume = false

  @Flag(help: "Start anew in a folder with another sweep; its journal is set aside, not removed.")
  var force = false

  @Flag(help: "List the trials and train none.")
  var dryRun = false

  @Flag(help: "Leave out the report at the end; cnn-dist report FOLDER writes it.")
  var noReport = false

  @Flag(help: "Do it although there are very many trials.")
  var yes = false

  @Flag(help: "Print warnings and errors only.")
  var quiet = false

  func validate() throws {
    if output?.isEmpty == true { throw ValidationError("--output needs the name of a folder") }
    if resume && output == nil { throw ValidationError("--resume needs --output FOLDER, the sweep to continue") }
    if part != nil && output == nil && !dryRun {
      throw ValidationError("--part needs --output FOLDER, which all parts share")
    }
    if resume && force { throw ValidationError("--resume continues a sweep and --force starts anew; use one of them") }
    if random != nil && latinHypercube != nil {
      throw ValidationError("--random and --latin-hypercube are two ways to draw points; use one")
    }
    if sweep != nil && settings.config != nil {
      throw ValidationError("--sweep has the settings of --config under its key 'settings'; use one of them")
    }
  }

  func run() throws {
    let shouldStop = try stopsEarly.begin()
    let watch = try settings.watchStart()
    let (environment, world) = try StartWatch.enterJob(watch)
    let (configuration, part) = try agree(world, watch)
    if dryRun {
      if world.rank == 0 { try list(configuration, part) }
      return try environment.finalize()
    }
    let base = try configuration.base()
    let samples = try SharedSamples(base.storeSelection, memoryPerRank: base.memoryPerRank, on: world, watch)
    let state = try world.rank == 0 ? watch.whileStarting { try prepare(configuration, part, samples) } : nil
    let folder = SweepFolder(try watch.whileWaiting { try world.broadcast(state?.folder.path ?? "", from: 0) })
    if let state, !state.pending.isEmpty { folder.unmarkDone(part) }
    let pending = try watch.whileWaiting {
      try world.broadcast(Array(JSONEncoder().encode(state?.pending ?? [])), from: 0)
    }
    let plan = SweepScheduler.Plan(
      configuration: configuration, part: part,
      pending: try JSONDecoder().decode([PendingTrial].self, from: Data(pending)), scores: state?.scores ?? [])
    let scheduler = try SweepScheduler(
      plan, samples: samples, folder: folder, world: world, logger: StandardErrorLog.logger)
    scheduler.shouldStop = shouldStop
    let progress = SweepProgress(configuration, isQuiet: quiet, isFirst: world.rank == 0)
    if world.rank == 0, let warning = samples.warning { StandardErrorLog.logger.warning("\(warning)") }
    // What trials would say in their logs. A model that an axis changes need not fit as it is.
    if world.rank == 0, let warning = try? base.check(fits: samples.store) {
      StandardErrorLog.logger.warning("\(warning)")
    }
    if let state { progress.begin(state, plan, samples, ranks: world.size) }
    scheduler.onTrial = { progress.show($0, of: configuration.trialCount) }
    scheduler.onProgress = { progress.show($0) }
    try StopSignals.handle()
    // The state holds the folder's lock.
    try withExtendedLifetime(state) { try watch.whileTraining { try scheduler.run() } }
    if scheduler.stopReason == nil {
      try StoppingOptions.endAtOnce("before the report was written: all trials are done, the same command writes it")
    }
    if world.rank == 0 {
      progress.end()
      if scheduler.stopReason == nil {
        if !noReport { try watch.whileTraining { try report(folder) } }
        try folder.markDone(part)
      }
    }
    try watch.whileWaiting {
      try scheduler.free()
      try samples.free()
      try environment.finalize()
    }
    watch.end()
    if let reason = scheduler.stopReason {
      throw StoppedEarly(
        reason,
        "what is done is in \(folder.path); the same command with --output \(Text.shellWord(folder.path)) trains what is missing, "
          + "cnn-dist report \(Text.shellWord(folder.path)) shows what there is")
    }
  }

  private func report(_ folder: SweepFolder) throws {
    // Parts of a job array may end at the same time.
    let lock = try RunLock(folder: folder.path, name: ".lock-report", patience: nil)
    try withExtendedLifetime(lock) {
      // The trials are done: that their report has no place is no failure of theirs.
      do { try ReportPlace(folder.path).requireNothingForeign() } catch {
        return StandardErrorLog.logger.warning("no report was written: \(error)")
      }
      let outcome = try SweepReport(folder).write()
      if !quiet { try StandardOutput.writeAsIs(outcome.terminalText) }
      if let complaint = outcome.complaint { StandardErrorLog.logger.warning("\(complaint)") }
    }
  }

  /// Rank 0 settles what the sweep is; the others are told.
  private func agree(_ world: Communicator, _ watch: JobWatch) throws -> (SweepConfiguration, SweepPart) {
    var message: [UInt8] = []
    var part = ""
    if world.rank == 0 {
      let configuration = try watch.whileStarting { try resolve(ranks: world.size) }
      if !yes { try configuration.requireModestSize() }
      message = try configuration.message()
      part = try "\(self.part.map { text throws(ConfigurationError) in try SweepPart(text) } ?? .all)"
    }
    message = try watch.whileWaiting { try world.broadcast(message, from: 0) }
    part = try watch.whileWaiting { try world.broadcast(part, from: 0) }
    return (try SweepConfiguration(message: message), try SweepPart(part))
  }

  /// Reads files and flags, and checks what they say for a job of `ranks` ranks.
  func resolve(ranks: Int) throws -> SweepConfiguration {
    var file =
      try sweep.map { try SweepFile(yaml: GivenFile.text(of: $0, expected: "a sweep (YAML)"), from: $0) }
      ?? SweepFile()
    let flags = try settings.ranges.map { try Axis(setting: $0.setting, $0.values) } + axis.map { try Axis($0) }
    // Without axes it is the sweep that is there; flags are laid over its settings.
    if let known = try knownSweep(), flags.isEmpty, sweep == nil {
      file = SweepFile(known)
    }
    // An axis of the command line replaces the one of the file, and so does a single value.
    file.axes.removeAll { axis in settings.fixed.contains(axis.setting) }
    file.axes = file.axes.map { old in flags.first { $0.setting == old.setting } ?? old }
    let axes = file.axes + flags.filter { flag in !file.axes.contains { $0.setting == flag.setting } }
    guard !axes.isEmpty else {
      throw ConfigurationError(
        "there is no setting to vary", at: "sweep",
        advice: "give some as ranges or lists, for instance --learning-rate 1e-5:10:log7 --l2 1e-5:10:log7")
    }
    let written =
      try settings.config == nil ? settings.tree(over: file.settings) : settings.tree(over: settings.config)
    var resolved = try ConfigurationTree(
      yaml: settings.resolve(written, sweep ?? settings.config).yaml(), from: "settings")
    // A penalty that nobody wrote is the model's, which may be an axis.
    if written.value(at: "l2") == nil { resolved.set("l2", to: .null) }
    let drawn = random ?? (latinHypercube == nil ? file.random : nil)
    let hypercube = latinHypercube ?? (random == nil ? file.latinHypercube : nil)
    let sampling = drawn.map { Grid.Sampling.random($0) } ?? hypercube.map { .latinHypercube($0) } ?? .all
    let seed = try resolved.decode(TrainingConfiguration.self).seed
    return try SweepConfiguration(
      settings: resolved, grid: Grid(axes, sampling, seed: UInt64(seed)), repeats: repeats ?? file.repeats ?? 1,
      stopping: stoppingMethod ?? file.stopping ?? .none, ranksPerTrial: ranksPerTrial ?? file.ranksPerTrial ?? 1
    ).checked(ranks: ranks)
  }

  private var stoppingMethod: StoppingMethod? {
    get throws {
      try stopping.map { name in
        guard let method = StoppingMethod(rawValue: name) else {
          throw ConfigurationError(
            "unknown rule '\(name)'", at: "stopping",
            advice: "known: \(StoppingMethod.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return method
      }
    }
  }

  /// The sweep that is in the folder, if it is to be continued.
  private func knownSweep() throws -> SweepConfiguration? {
    guard resume, let output else { return nil }
    let folder = SweepFolder(output)
    guard folder.hasSweep else {
      throw RunFolderError(
        path: output, problem: "there is no sweep in it to resume", advice: "leave out --resume to start one",
        isMissing: true)
    }
    return try SweepConfiguration(continuing: folder)
  }

  /// Rank 0 makes the folder or continues what is there.
  private func prepare(
    _ configuration: SweepConfiguration, _ part: SweepPart, _ samples: SharedSamples
  ) throws -> SweepState {
    let base = try configuration.base()
    if let file = base.initialWeights { try InitialWeights.check(file) }
    let model = try base.modelDescription().name
    let path = try output ?? FreeFolder.make("runs/sweep-\(model)")
    do {
      return try SweepState(
        SweepFolder(path), configuration, SweepDescription(configuration, samples), part: part, startsAnew: force,
        samples: samples)
    } catch {
      if output == nil { FreeFolder.remove(path) }
      throw error
    }
  }

  private func list(_ configuration: SweepConfiguration, _ part: SweepPart) throws {
    let mine = (0..<configuration.trialCount).filter { part.contains($0) }
    for index in mine { try StandardOutput.write("\(index + 1)  \(try configuration.trial(index).text)") }
    let count = mine.count
    try StandardOutput.write(
      "\(Text.count(count, "trial"))" + (part == .all ? "" : ", part \(part) of \(configuration.trialCount)"))
  }
}
