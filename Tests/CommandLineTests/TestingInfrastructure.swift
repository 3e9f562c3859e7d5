import Foundation
import HDF5
import TestSupport
import Testing
import Training

/// The built program, run as its users run it: one job after the other.
@Suite(.serialized, .oneAtATime, .enabled(if: !isRank)) struct ProgramTests {}

/// A run in a folder of its own, which is removed with it.
final class TrainingRun: Sendable {
  let folder: TemporaryFolder
  /// The arguments that every start of the run has.
  let arguments: [String]

  init(_ arguments: String..., in folder: TemporaryFolder? = nil) throws {
    self.folder = try folder ?? TemporaryFolder()
    self.arguments = ["train", "--store", BuiltProgram.digits, "--output", "run"] + arguments
  }

  /// Trains on so many ranks, and expects the end to be good.
  @discardableResult
  func train(ranks: Int, _ more: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> MPIRun.Result {
    let result = try BuiltProgram.run(arguments + more, ranks: ranks, in: folder)
    try #require(result.status == 0, "\(result.output)\(result.errors)", sourceLocation: sourceLocation)
    return result
  }

  /// The path of a file of the run.
  func path(_ name: String) -> String { folder("run/\(name)") }

  /// The bytes of a file of the run.
  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

  /// The bytes of the model that training ended with.
  var model: Data { get throws { try bytes("model.h5") } }

  /// The names of the checkpoints, oldest first.
  var checkpoints: [String] { names("checkpoints").filter { $0.hasSuffix(".h5") } }

  /// Those of every so many steps, and the last; the others are of best epochs.
  func checkpoints(every steps: Int) -> [String] {
    let all = checkpoints
    return all.filter { name in
      name == all.last || Int(name.filter(\.isNumber).dropLast()).map { $0 % steps == 0 } ?? false
    }
  }

  /// The names of what is in a folder of the run, hidden files too; empty if it is not there.
  func names(_ folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }

  /// The lines of metrics.jsonl without the times, which no two runs share.
  func metrics() throws -> [[String: Double]] { try Self.metrics(of: path("metrics.jsonl")) }

  /// The same of any such file.
  static func metrics(of file: String) throws -> [[String: Double]] {
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let values = try JSONDecoder().decode([String: LoggedNumber].self, from: Data(line.utf8))
      return values.filter { key, _ in !key.contains("second") && !key.hasSuffix("_rank") }.mapValues(\.value)
    }
  }

  /// The updates after which the newest checkpoint was written; 0 if there is none.
  var newestCheckpoint: Int { checkpoints.last.flatMap { Int($0.filter(\.isNumber).dropLast()) } ?? 0 }

  /// Expects that no process is left in the run's folder; ranks whose mpirun was killed take a moment to notice.
  func expectNoProcesses(sourceLocation: SourceLocation = #_sourceLocation) {
    let deadline = Date(timeIntervalSinceNow: 10)
    while hasProcesses && Date() < deadline { usleep(20_000) }
    #expect(!hasProcesses, "ranks are left over", sourceLocation: sourceLocation)
  }

  private var hasProcesses: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.contains { name in
      Int(name) != nil
        && (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")) == folder.path
    }
  }

  /// Makes the run as if it had been killed right after the checkpoint `name`.
  func rewind(to name: String) throws {
    for file in names("checkpoints") where !file.hasPrefix(name) && file > name {
      try FileManager.default.removeItem(atPath: path("checkpoints/\(file)"))
    }
    for file in ["model.h5", "done"] { try? FileManager.default.removeItem(atPath: path(file)) }
  }

  /// Every file of the run with its bytes, but for the lock, which notes who was there.
  func contents() throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path("")).filter { $0 != ".lock" }
    return try names.reduce(into: [:]) { contents, name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder)
      contents[name] = isFolder.boolValue ? Data() : try bytes(name)
    }
  }
}

/// A number of metrics.jsonl; hashes are hexadecimal digits, of which a double holds some.
private struct LoggedNumber: Decodable {
  let value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .infinity  // JSON has no number for it
    } else if let number = try? container.decode(Double.self) {
      value = number
    } else if let flag = try? container.decode(Bool.self) {
      value = flag ? 1 : 0
    } else {
      value = Double(try #require(UInt64(container.decode(String.self), radix: 16)) >> 11)
    }
  }
}

/// What a run has left behind, when its folder is gone.
struct FinishedRun: Sendable {
  let contents: [String: Data]
  let metrics: [[String: Double]]

  init(_ run: TrainingRun) throws {
    contents = try run.contents()
    metrics = try run.metrics()
  }

  /// Trains on one rank, at one go.
  init(_ settings: String...) throws { try self.init(settings) }

  /// The same.
  init(_ settings: [String]) throws {
    let run = try TrainingRun()
    let result = try BuiltProgram.run(run.arguments + settings, in: run.folder)
    try #require(result.status == 0, "\(result.output)\(result.errors)")
    try self.init(run)
  }

  /// Expects that `run` has ended the same: its model and its metrics, and nothing half written.
  func expectSameEnd(_ run: TrainingRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try run.model == contents["model.h5"], "model.h5", sourceLocation: sourceLocation)
    #expect(try run.metrics() == metrics, "metrics.jsonl", sourceLocation: sourceLocation)
    #expect(try run.bytes("done") == contents["done"], sourceLocation: sourceLocation)
    let leftovers = (run.names() + run.names("checkpoints")).filter { $0.contains("tmp") }
    #expect(leftovers.isEmpty, sourceLocation: sourceLocation)
  }
}

extension MPIRun {
  /// The ranks, as far as they run on this machine, in the order in which they were started; by themselves the process.
  var ranks: [Int32] {
    let file = "/proc/\(processIdentifier)/task/\(processIdentifier)/children"
    return ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: " ").compactMap { Int32($0) }
  }

  /// Waits until `condition` holds, or the job has ended.
  func wait(until condition: () throws -> Bool) rethrows { while isRunning, try !condition() { usleep(2_000) } }
}

extension File {
  /// The values of all datasets below `group`, by path.
  func floats(below group: String) throws -> [String: [Float]] {
    var all: [String: [Float]] = [:]
    for child in try children(of: group) {
      let path = "\(group)/\(child)"
      if try kind(of: path) == .dataset {
        all[path] = try dataset(at: path).values(as: Float.self)
      } else {
        try all.merge(floats(below: path)) { $1 }
      }
    }
    return all
  }
}

/// Whether oneDNN has the kernels here that it has for AVX-512 only.
let hasAVX512 = Checkpoint.Platform.current.instructionSet.hasPrefix("AVX-512")

/// A file in the `Fixtures` folder.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path(percentEncoded: false)
}

extension MPIRun.Result {
  /// The lines on standard error that are the program's own.
  var messages: [String] {
    errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("cnn-dist:") || $0.hasPrefix("Error:") }
  }
}
