import ArgumentParser
import Datasets
import NeuralNetwork
import Reports
import Sweeps
import Training

/// Prints a batch script, filled in.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Print the batch script for a cluster with Slurm, PBS or LSF, filled in and checked.",
    discussion: """
      What follows -- are flags of train or sweep; they and the files they name are checked here and now, not after hours in a \
      queue, and so is what --output has already. Nothing is submitted: the first lines of the script say how.

      Examples:
        cnn-dist submit slurm --nodes 4 --ranks-per-node 16 --time 8h --config run.yaml --output runs/mine -- --virtual-shards 64 > job
        sbatch job
        cnn-dist submit pbs --sweep --parts 4 --nodes 1 --output runs/grid -- --learning-rate 1e-5:10:log7 --l2 1e-5:10:log7 > job
        qsub -J 1-4 job
      """)

  @Argument(help: "The batch system: slurm, pbs (OpenPBS, PBS Professional) or lsf.")
  var scheduler: Scheduler

  @Option(help: "How many nodes.")
  var nodes: Int = 1

  @Option(help: "The ranks on each node, a core for each.")
  var ranksPerNode: Int = 8

  @Option(
    help: ArgumentHelp(
      "How long a job may take: 90m, 8h, or as Slurm has it: 90 (minutes), 08:00:00, 2-00:00:00. What is not done by then goes on in the next.",
      valueName: "time"))
  var time: String = "8h"

  @Option(help: ArgumentHelp("The run file.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The folder of the run, on a file system that all nodes share. Default: named by the job.", valueName: "folder"))
  var output: String?

  @Flag(help: "A sweep instead of a training.")
  var sweep = false

  @Option(help: "Divide the sweep into so many jobs, an array.")
  var parts: Int = 1

  @Option(help: ArgumentHelp("Where cnn-dist is on the nodes. Default: on the path.", valueName: "path"))
  var program: String = "cnn-dist"

  @Option(help: "The name of the job.")
  var jobName: String = "cnn-dist"

  @Option(help: "The queue, or partition. Default: the site's.")
  var queue: String?

  @Option(help: "What is charged. Default: the site's.")
  var account: String?

  @Option(help: ArgumentHelp("The memory on each node: 64G. Default: the site's.", valueName: "memory"))
  var memory: String?

  @Option(help: ArgumentHelp("A module to load first, such as openmpi/4.1; may be repeated.", valueName: "name"))
  var module: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A further line for the scheduler, such as --constraint=icelake or '-l place=scatter'; may be repeated.",
      valueName: "flag"))
  var directive: [String] = []

  @Option(help: "How often a job that is not done is started again.")
  var restarts: Int = 20

  @Argument(parsing: .postTerminator, help: ArgumentHelp("Flags of train or sweep.", valueName: "flags"))
  var flags: [String] = []

  func validate() throws {
    func require(_ number: Int, _ range: ClosedRange<Int>, _ name: String) throws {
      guard range.contains(number) else {
        throw ValidationError("--\(name) is \(number), expected \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try require(nodes, 1...100_000, "nodes")
    try require(ranksPerNode, 1...4096, "ranks-per-node")
    try require(parts, 1...100_000, "parts")
    try require(restarts, 0...100_000, "restarts")
    _ = try (minutes(), megabytes())
    for (name, value) in [("job-name", jobName), ("queue", queue), ("account", account)] {
      guard let value else { continue }
      // Schedulers take them as they stand, and split a line at spaces.
      guard value.first?.isLetter == true, value.utf8.allSatisfy(Self.isPlain) else {
        throw ValidationError("--\(name) is '\(value)', expected letters, digits, '-', '_' and '.', a letter first")
      }
    }
    for (name, value) in [("output", output), ("program", program), ("config", config)] {
      guard let value else { continue }
      guard !value.isEmpty, !value.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
        throw ValidationError("--\(name) is empty or has control characters, expected a path")
      }
    }
    // LSF takes lines of the script for directives wherever they are.
    guard !flags.contains(where: { $0.utf8.contains { $0 < 32 || $0 == 127 } }) else {
      throw ValidationError("a flag after -- has control characters")
    }
    for name in module {
      guard name.first?.isLetter == true, name.utf8.allSatisfy({ Self.isPlain($0) || "/+@:".utf8.contains($0) }) else {
        throw ValidationError("--module is '\(name)', expected the name of a module, such as openmpi/4.1")
      }
    }
    for line in directive {
      guard line.hasPrefix("-"), line.unicodeScalars.allSatisfy(Self.staysOnLine) else {
        throw ValidationError(
          "--directive is '\(line)', expected a flag of the scheduler on one line, such as --exclusive")
      }
    }
    for (flag, advice) in Self.refusedFlags where flags.contains(where: { $0 == flag || $0.hasPrefix(flag + "=") }) {
      throw ValidationError("\(flag) cannot follow --: \(advice)")
    }
    if parts > 1 && !sweep { throw ValidationError("--parts divides a sweep; add --sweep") }
    if parts > 1 && output == nil { throw ValidationError("--parts needs --output FOLDER, which all parts share") }
  }

  func run() throws {
    let job = ClusterJob(
      name: jobName, nodes: nodes, ranksPerNode: ranksPerNode, minutes: try minutes(), queue: queue, account: account,
      megabytes: try megabytes(), modules: module, directives: directive,
      command: sweep ? "sweep" : "train", program: program, output: output, parts: parts, restarts: restarts,
      arguments: (config.map { ["--config", $0] } ?? []) + flags)
    try check(job)
    try StandardOutput.write(scheduler.script(for: job))
  }

  /// Whether the job would begin: what it would say in the end, it says now.
  private func check(_ job: ClusterJob) throws {
    if sweep {
      let command = try parsed(SweepCommand.self, job)
      let configuration = try command.resolve(ranks: job.ranks)
      if !command.yes { try configuration.requireModestSize() }
      try check(configuration)
    } else {
      let command = try parsed(TrainCommand.self, job)
      let folder = output.map { RunFolder($0, isResumed: true) }
      let isResumed = folder?.hasCheckpointsFolder ?? false
      let configuration = try command.settings.resolve(resuming: isResumed ? folder : nil)
      _ = try VirtualShards(count: configuration.virtualShards, ranks: job.ranks)
      try check(configuration, isResumed ? folder : nil)
    }
  }

  /// What the job's command line says, parsed as the job will: as part of the program.
  private func parsed<Command: ParsableCommand>(_ type: Command.Type, _ job: ClusterJob) throws -> Command {
    let arguments = [job.command] + job.arguments
    guard let command = try CNNDist.parseAsRoot(NegativeNumber.joined(arguments)) as? Command else {
      throw ValidationError("flags of \(job.command) are expected after --")
    }
    return command
  }

  /// Whether the parts have something to do, and what is in the folder is this sweep, or nothing.
  private func check(_ configuration: SweepConfiguration) throws {
    let trials = configuration.trialCount
    guard parts <= trials else {
      throw ConfigurationError(
        "\(parts) parts would share \(trials == 1 ? "1 trial" : "\(trials) trials")", at: "--parts",
        advice: "use at most \(trials)")
    }
    let store = try ImageStore(opening: configuration.base().storeSelection)
    guard let output else { return }
    try SweepState.check(
      SweepFolder(output),
      for: SweepDescription(configuration, store, fingerprint: TrainingSetup.fingerprint(of: store)))
  }

  /// Whether model, store and loss go together, and the run that is there could go on.
  private func check(_ configuration: TrainingConfiguration, _ resumed: RunFolder?) throws {
    let store = try ImageStore(opening: configuration.storeSelection)
    if let warning = try configuration.check(fits: store) { StandardErrorLog.logger.warning("\(warning)") }
    guard let output else { return }
    try TrainCommand.requireNoSweep(in: output)
    if let resumed {
      try resumed.requireRun()
      try resumed.requireSomethingToTrain(with: configuration, on: store)
    } else {
      try RunFolder(output).requireNoRun()
    }
  }

  /// What the script says itself, and what to write instead.
  private static let refusedFlags = [
    ("--output", "write it before --"), ("--part", "write --parts before --"), ("--deadline", "--time says it"),
    ("--resume", "the job goes on with what is in --output by itself"),
    ("--force", "every start of the job would begin anew"), ("--dry-run", "nothing would be done"),
  ]

  private func minutes() throws -> Int {
    guard let limit = TimeLimit(time) else {
      throw ValidationError(
        "--time is '\(time)', expected a length of time such as 90m or 8h, 90 (minutes), 08:00:00 or 2-00:00:00")
    }
    guard limit.minutes >= 5 else {
      throw ValidationError(
        "--time is \(limit.minutes) min, expected at least 5m: the last two minutes are for a checkpoint; hours are "
          + "written 8h")
    }
    return limit.minutes
  }

  /// Schedulers take a bare number for megabytes, kilobytes or bytes, each for another.
  private func megabytes() throws -> Int? {
    guard let memory else { return nil }
    guard memory.last?.isLetter == true, let bytes = ByteCount(memory)?.bytes, bytes >= Self.leastMemory else {
      throw ValidationError(
        "--memory is '\(memory)', expected what a node needs, at least 64M, with its unit: 64G")
    }
    return (bytes + 0xFFFFF) >> 20
  }

  /// Less is a mistake: no rank fits.
  private static let leastMemory = 64 << 20

  /// Whether a character neither ends a line nor is invisible.
  private static func staysOnLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .format: false
    default: true
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_.".utf8.contains(byte)
    }
  }
}
