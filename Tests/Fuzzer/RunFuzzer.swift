import ArgumentParser
import Datasets
import Foundation
import Glibc
import HDF5
import Logging
import MPI
import NeuralNetwork
import Training

/// Damages what a killed run has left behind, and resumes it.
///
/// A damaged run may be refused with an error that says why, or go on and end with the bits of one that was not damaged.
/// Another end is right only where the damage cannot be told from another training: other settings, or other numbers in a
/// checkpoint whose checksum was made anew.
struct RunFuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run")

  @OptionGroup var options: FuzzingOptions

  @Flag(help: "Train to the end also where settings and checkpoint are read as they were.")
  var thorough = false

  func run() throws {
    let environment = try Environment()
    options.limit()
    let folder = options.keep ?? "\(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")/run-fuzzer-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { if options.keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let run = try KilledRun(in: folder, on: environment.world, isThorough: thorough)
    var outcomes: [String: Int] = [:]
    var mistakes = 0
    for index in options.from..<options.to {
      print(index)
      fflush(nil)
      var mutation = RunMutation(index)
      try run.lay()
      let what = try mutation.damage(run)
      let outcome = try run.resume(isCheckpoint: mutation.isOfACheckpoint)
      if options.keep != nil { print("\(what): \(outcome)") }
      if outcome.isMistake {
        mistakes += 1
        print("mutation \(index), \(what): \(outcome)")
      }
      outcomes[outcome.kind, default: 0] += 1
    }
    print("done \(outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    if mistakes > 0 { throw ExitCode(1) }
  }
}

/// A small run that was killed in its second epoch, and how it would have ended.
final class KilledRun {
  /// How a damaged run comes out.
  enum Outcome: CustomStringConvertible {
    case refused(any Error)
    case same
    case otherSettings
    case otherNumbers
    case mistake(String)

    var kind: String {
      switch self {
      case .refused(let error): "\(type(of: error))"
      case .same: "same"
      case .otherSettings: "other settings"
      case .otherNumbers: "other numbers"
      case .mistake: "MISTAKE"
      }
    }

    var isMistake: Bool { if case .mistake = self { true } else { false } }

    var description: String {
      switch self {
      case .refused(let error): "\(kind): \(error)"
      case .mistake(let text): "MISTAKE: \(text)"
      default: kind
      }
    }
  }

  let folder: String
  /// The run's folder.
  var path: String { "\(folder)/run" }
  /// A folder in which nothing must appear.
  var outside: String { "\(folder)/outside" }
  /// The files of the run, by their paths in it.
  private(set) var files: [String: [UInt8]] = [:]

  private let world: Communicator
  private let isThorough: Bool
  private let networks: NetworkCache
  private var model: [UInt8] = []
  private var settings = ""
  private var known: TrainingConfiguration?
  private var checkpoints: [Int: Checkpoint] = [:]

  init(in folder: String, on world: Communicator, isThorough: Bool) throws {
    self.folder = folder
    self.world = world
    self.isThorough = isThorough
    networks = try NetworkCache()
    try Self.writeStore(to: "\(folder)/store.h5")
    try train(from: nil, configuration(), isResumed: false)
    model = try contents("model.h5")
    for name in ["config.yaml", "metrics.jsonl", "parameters.jsonl"] { files[name] = try contents(name) }
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/checkpoints")
    for name in names where name < "step-000000006" || name.hasPrefix("step-000000006") {
      files["checkpoints/\(name)"] = try contents("checkpoints/\(name)")
    }
    settings = try configuration().decidingTheResult().yaml()
    try lay()
    checkpoints[6] = try Checkpoint.newest(in: RunFolder(path, isResumed: true), on: world) { _ in }
    unlink("\(path)/checkpoints/step-000000006.h5")
    checkpoints[4] = try Checkpoint.newest(in: RunFolder(path, isResumed: true), on: world) { _ in }
    guard case .same = try resume(isCheckpoint: false) else { throw ExitCode(2) }
  }

  /// Lays out the run anew, undamaged.
  func lay() throws {
    try? FileManager.default.removeItem(atPath: path)
    try? FileManager.default.removeItem(atPath: outside)
    for folder in ["\(path)/checkpoints", outside] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }
  }

  /// Resumes the run, as the program does.
  ///
  /// - Parameter isCheckpoint: whether a checkpoint is all that is damaged. If it is read as it was, or another is read that
  ///   was not damaged, training from it is what other tests show, and is left out unless all is to be thorough.
  func resume(isCheckpoint: Bool) throws -> Outcome {
    var file = ""
    do {
      let folder = RunFolder(path, isResumed: true)
      try folder.requireRun()
      let text = try FileReadError.contents(of: folder.configurationFile)
      let asked = text == files["config.yaml"] ? try configuration() : try Self.settings(text, folder.configurationFile)
      let checkpoint = try Checkpoint.newest(in: folder, on: world) { _ in }
      file = checkpoint?.file ?? ""
      if let checkpoint, isCheckpoint, !isThorough, try isAsItWas(checkpoint) { return .same }
      try train(from: checkpoint, asked, isResumed: true)
      guard try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty else {
        return .mistake("a file was written outside of the run's folder")
      }
      if try contents("model.h5") == model { return .same }
      if try asked.decidingTheResult().yaml() != settings { return .otherSettings }
      guard let checkpoint else { return .mistake("it began again, and ended in another way") }
      return difference(checkpoint)
    } catch is TooLong {
      return .otherSettings
    } catch {
      guard try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty else {
        return .mistake("a file was written outside of the run's folder, then \(error)")
      }
      return Self.isClear(error) ? .refused(error) : .mistake("\(file) \(type(of: error)): \(error)")
    }
  }

  private func isAsItWas(_ used: Checkpoint) throws -> Bool {
    guard let original = checkpoints[used.progress.updates], !hasOtherNumbers(used, original) else { return false }
    return used.progress == original.progress && used.configuration == original.configuration
      && used.storeFingerprint == original.storeFingerprint && used.inputShape == original.inputShape
      && used.platform == original.platform && used.slots.map(\.name) == original.slots.map(\.name)
      && "\(used.model)" == "\(original.model)"
  }

  /// Whether numbers that may be any explain another end.
  private func difference(_ used: Checkpoint) -> Outcome {
    guard let original = checkpoints.values.first(where: { $0.progress.updates == used.progress.updates }) else {
      return .mistake("it went on from step \(used.progress.updates), where there was no checkpoint")
    }
    return hasOtherNumbers(used, original)
      ? .otherNumbers : .mistake("another end after \(used.file), whose numbers are right")
  }

  private func hasOtherNumbers(_ used: Checkpoint, _ original: Checkpoint) -> Bool {
    used.parameters != original.parameters || used.bestParameters != original.bestParameters
      || !used.slots.map(\.values).elementsEqual(original.slots.map(\.values))
      || used.progress.earlyStopping != original.progress.earlyStopping || used.progress.best != original.progress.best
  }

  /// Whether the program ends with an exit code that says what is wrong, and not with that of a fault of its own.
  private static func isClear(_ error: any Error) -> Bool {
    switch error {
    case is CheckpointError, is ConfigurationError, is FileReadError, is FileWriteError, is HDF5Error,
      is RunFolderError,
      is ShapeError, is DatasetError, is VirtualShardsError, is ReplicaError,
      is NonFiniteNumber:
      true
    default: false
    }
  }

  private struct TooLong: Error {}

  private func train(from checkpoint: Checkpoint?, _ settings: TrainingConfiguration, isResumed: Bool) throws {
    let trainer = try Trainer(
      settings, world: world, folder: RunFolder(path, isResumed: isResumed),
      logger: Logger(label: "fuzzer") { _ in SwiftLogNoOpLogHandler() }, networks: networks)
    defer { try? trainer.free() }
    var steps = 0
    trainer.onStep = { _ in
      steps += 1
      if steps > 40 { throw TooLong() }
    }
    try trainer.train(from: checkpoint)
  }

  private func contents(_ name: String) throws -> [UInt8] { try FileReadError.contents(of: "\(path)/\(name)") }

  private static func settings(_ text: [UInt8], _ file: String) throws -> TrainingConfiguration {
    try ConfigurationTree(yaml: String(decoding: text, as: UTF8.self), from: file).decode(TrainingConfiguration.self)
  }

  private func configuration() throws -> TrainingConfiguration {
    if let known { return known }
    let text = """
      model:
        name: small
        layers:
        - {Conv2D: {filters: 1, kernel_size: 3}}
        - BatchNormalization
        - Flatten
        - {Dense: {units: 3, activation: softmax}}
      store: \(folder)/store.h5
      epochs: 2
      batch_size: 16
      virtual_shards: 2
      optimizer: {name: sgd, learning_rate: 0.1, momentum: 0.9}
      early_stopping: {monitor: validation_loss, patience: 99, restore_best_weights: true}
      checkpoint: {every: 3 steps, keep: 99}
      log_every: 1
      record_parameters: true
      """
    let settings = try Self.settings(Array(text.utf8), "fuzzer")
    known = settings
    return settings
  }

  private static func writeStore(to path: String) throws {
    func samples(_ count: Int) -> ImageStoreWriter.Samples {
      ImageStoreWriter.Samples(
        images: .uint8((0..<count * 25).map { UInt8($0 * 7 % 251) }), imageShape: [5, 5, 1],
        labels: .classes((0..<count).map { Int32($0 % 3) }))
    }
    try ImageStoreWriter.write([.train: samples(64), .validation: samples(20)], to: path)
  }
}
