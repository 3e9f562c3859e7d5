import Datasets
import FoundationEssentials
import Glibc
import HDF5
import Numerics

/// What a run leaves behind: its settings, its metrics, its checkpoints, and the model at the end.
///
/// Only rank 0 touches it.
public struct RunFolder: Sendable {
  /// The folder.
  public let path: String

  /// Whether the run that is in it is to be continued.
  public let isResumed: Bool

  /// The right to write into it, if it is taken already.
  private(set) var lock: RunLock?

  /// Names the folder; nothing is made yet.
  public init(_ path: String, isResumed: Bool = false) {
    self.path = path
    self.isResumed = isResumed
  }

  /// Takes the right to write into it, before anything is read that another process may still be changing.
  ///
  /// - Throws: ``RunLockError`` if another process has it for longer than one that is being ended.
  public mutating func takeLock() throws { lock = try RunLock(folder: path) }

  /// The settings, as they were resolved.
  public var configurationFile: String { "\(path)/config.yaml" }
  /// One JSON object per epoch, and per step if wanted.
  public var metricsFile: String { "\(path)/metrics.jsonl" }
  /// What a small network computes with after every epoch, if that is recorded.
  public var parametersFile: String { "\(path)/parameters.jsonl" }
  /// The checkpoints.
  public var checkpointsFolder: String { "\(path)/checkpoints" }
  /// The trained model, as Keras reads it.
  public var modelFile: String { "\(path)/model.h5" }
  /// Where ranks leave notes for each other while training hangs.
  var stallFolder: String { "\(path)/stalled" }
  /// There once training is complete.
  public var doneFile: String { "\(path)/done" }

  /// Makes sure that a new run can begin in the folder; nothing is made yet.
  ///
  /// - Throws: ``RunFolderError`` if there is already a run in it, or a file that a run would replace.
  public func requireNoRun() throws {
    try requireNothingForeign()
    guard !hasRun else {
      throw RunFolderError(
        path: path, problem: "there is already a run in it",
        advice: "add --resume to continue it, or use another --output")
    }
  }

  /// Makes sure that there is a run to continue, or to look at.
  ///
  /// - Throws: ``RunFolderError`` if there is none, or something else in its place.
  public func requireRun(advice: String = "leave out --resume to start one") throws {
    guard hasRun else {
      let problem = "there is no run in it" + (advice.contains("--resume") ? " to resume" : "")
      throw RunFolderError(path: path, problem: problem, advice: advice, isMissing: true)
    }
    try requireNothingForeign()
  }

  /// Whether there is a run in the folder.
  public var hasRun: Bool { (runFiles + [checkpointsFolder]).contains(where: Self.exists) }

  private var runFiles: [String] { [modelFile, doneFile, configurationFile, metricsFile, parametersFile] }

  /// Whether training writes a file of that name there.
  private func isOurs(_ name: String, in folder: String) -> Bool {
    folder == checkpointsFolder ? CheckpointStore.isName(name) : runFiles.contains("\(path)/\(name)")
  }

  private static func exists(_ path: String) -> Bool { kind(of: path) != nil }

  /// Makes sure that what has the names of a run's files is of a run that goes on: it would be replaced.
  ///
  /// The folder of checkpoints is made first, and the model last, beside a checkpoint of the same.
  private func requireNothingForeign() throws {
    guard CheckpointStore(folder: checkpointsFolder, keep: 1).list().isEmpty else { return }
    let isBegun = [configurationFile, metricsFile].allSatisfy(Self.exists)
    var foreign = isBegun ? [] : Self.exists(checkpointsFolder) ? [modelFile, doneFile] : runFiles
    // Without a checkpoint training begins again.
    if isResumed { foreign += [modelFile, doneFile] + (isConfigurationOfRun ? [] : [configurationFile]) }
    guard let file = foreign.first(where: Self.exists) else { return }
    throw RunFolderError(
      path: path,
      problem: "there is '\(Path.name(of: file))' in it but no \(isBegun ? "checkpoint" : "run"), and a run would "
        + "replace it",
      advice: "use another --output")
  }

  /// Whether the settings are as a run writes them, of whatever version, not as somebody does.
  private var isConfigurationOfRun: Bool {
    guard let bytes = try? FileReadError.contents(of: configurationFile) else { return false }
    let text = String(decoding: bytes, as: UTF8.self)
    let settings = try? ConfigurationTree(yaml: text, from: configurationFile).decode(TrainingConfiguration.self)
    guard let settings else { return false }
    return (try? settings.yaml()) == text || Self.exists(metricsFile) && Self.exists(checkpointsFolder)
  }

  /// Whether a run has begun in the folder, with its settings.
  public var hasConfiguration: Bool { access(configurationFile, F_OK) == 0 }

  /// Whether a run was begun in the folder that can be continued, as job scripts see it.
  public var hasCheckpointsFolder: Bool { access(checkpointsFolder, F_OK) == 0 }

  /// The settings of the run that is to be continued; nil if it has ended before it could write them, or anything else.
  public var settingsToResume: String? {
    let isUnwritten = [configurationFile, metricsFile].allSatisfy { (path: String) in access(path, F_OK) != 0 }
    let hasCheckpoints = !CheckpointStore(folder: checkpointsFolder, keep: 1).list().isEmpty
    return isUnwritten && !hasCheckpoints ? nil : configurationFile
  }

  /// The model of the run in the folder `path`: the trained one, or else the newest checkpoint; a file is itself.
  ///
  /// - Throws: ``RunFolderError`` if the folder has neither.
  public static func newestModel(at path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return path }
    let folder = RunFolder(path)
    if access(folder.modelFile, F_OK) == 0 { return folder.modelFile }
    for checkpoints in [folder.checkpointsFolder, path] {
      if let newest = CheckpointStore(folder: checkpoints, keep: 1).list().last { return newest }
    }
    if let error = ForeignModel.savedModel(at: path) { throw error }
    if let text = try? FileReadError.contents(of: folder.configurationFile, upTo: FileReadError.textLimit),
      let settings = try? ConfigurationTree(yaml: String(decoding: text, as: UTF8.self), from: folder.configurationFile)
        .decode(TrainingConfiguration.self)
    {
      throw RunFolderError(
        path: path, problem: "there is no checkpoint in it yet",
        advice: "the first comes after \(settings.checkpoint.every.spoken)", isMissing: true)
    }
    throw RunFolderError(
      path: path, problem: "there is neither a model nor a checkpoint in it", advice: "name the folder of a run",
      isMissing: true)
  }

  /// Where the checkpoint of the best epoch is; nil if it is not there.
  public func checkpoint(of best: BestEpoch) -> String? {
    let path = CheckpointStore(folder: checkpointsFolder, keep: 1).path(of: best)
    return access(path, F_OK) == 0 ? path : nil
  }

  /// The samples that the run was trained on to which the file or folder `path` belongs; nil if it belongs to none.
  ///
  /// - Throws: ``ConfigurationError`` if the run's settings cannot be read.
  public static func store(ofRunWith path: String) throws -> StoreSelection? {
    var place = path
    for _ in 0..<3 {
      let folder = RunFolder(place)
      place = Path.folder(of: place)
      guard let text = try? FileReadError.contents(of: folder.configurationFile, upTo: FileReadError.textLimit) else {
        continue
      }
      let tree = try ConfigurationTree(yaml: String(decoding: text, as: UTF8.self), from: folder.configurationFile)
      return try tree.decode(TrainingConfiguration.self).storeSelection
    }
    return nil
  }

  /// Whether its training is complete.
  public var isDone: Bool { Self.kind(of: doneFile) == S_IFREG }

  /// What a path leads to, as `st_mode` has it; nil for nothing.
  ///
  /// The corresponding C function is `stat`.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Makes the folder, and those above it.
  ///
  /// The corresponding C function is `mkdir`.
  ///
  /// - Throws: `FileWriteError` if it cannot be made.
  public func create() throws {
    var made = Path.isAbsolute(path) ? "/" : ""
    for part in Path.parts(of: path) {
      made += "\(part)/"
      guard mkdir(made, 0o777) == 0 || errno == EEXIST else {
        throw FileWriteError(path: "\(path)/", operation: "make the folder", errno: errno, byteCount: 0)
      }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw FileWriteError(path: "\(path)/", operation: "make the folder", errno: ENOTDIR, byteCount: 0)
    }
  }

  /// Makes the folder of checkpoints, and removes what a killed run has left half written.
  ///
  /// - Throws: `FileWriteError` if it cannot be made, ``RunFolderError`` if a folder is where a file is to be.
  func prepare() throws {
    // Better now than after days of training.
    for file in [configurationFile, doneFile, modelFile] where Self.kind(of: file) == S_IFDIR {
      throw RunFolderError(path: file, problem: "it is a folder, expected a file", advice: "remove or rename it")
    }
    guard mkdir(checkpointsFolder, 0o777) == 0 || errno == EEXIST else {
      throw FileWriteError(path: "\(checkpointsFolder)/", operation: "make the folder", errno: errno, byteCount: 0)
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: stallFolder)) ?? []
    where name.hasPrefix("rank-") || name.hasPrefix(".rank-") {  // and those that were being written
      unlink("\(stallFolder)/\(name)")
    }
    rmdir(stallFolder)
    for folder in [path, checkpointsFolder] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where AtomicFile.target(ofTemporary: name).map({ isOurs($0, in: folder) }) ?? false {
        unlink("\(folder)/\(name)")
      }
    }
  }
}

/// An output folder that cannot be used.
public struct RunFolderError: Error, Sendable, CustomStringConvertible {
  /// The folder.
  public let path: String
  /// What is wrong with it.
  public let problem: String
  /// What to do about it.
  public let advice: String
  /// Whether something is not there that should be.
  public let isMissing: Bool

  /// Says what is wrong with a folder, and what to do about it.
  public init(path: String, problem: String, advice: String, isMissing: Bool = false) {
    self.path = path
    self.problem = problem
    self.advice = advice
    self.isMissing = isMissing
  }

  /// The message, `folder: problem; advice`.
  public var description: String { "\(path): \(problem); \(advice)" }
}
