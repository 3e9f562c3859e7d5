import FoundationEssentials
import Glibc
import HDF5

/// The checkpoints of a run: one folder, the last few of them, a checksum beside each.
///
/// A checkpoint is there whole or not at all: it is written beside its place, synced, and renamed. Its checksum is
/// written first, so that a checkpoint without one was not written by us.
struct CheckpointStore {
  /// The folder.
  let folder: String
  /// How many checkpoints are kept.
  let keep: Int

  /// Writes `checkpoint` and then removes what is too old.
  ///
  /// - Throws: `FileWriteError`; then nothing in the folder has changed.
  func write(_ checkpoint: Checkpoint) throws {
    let bytes = try checkpoint.bytes()
    let path = "\(folder)/\(Self.name(updates: checkpoint.progress.updates))"
    let checksum = SHA256.hexadecimal(of: bytes) + "  " + Self.name(updates: checkpoint.progress.updates) + "\n"
    try AtomicFile.write(Array(checksum.utf8), to: path + Self.checksumSuffix)
    do {
      try AtomicFile.write(bytes, to: path)
    } catch {
      if access(path, F_OK) != 0 { unlink(path + Self.checksumSuffix) }
      throw error
    }
    for old in try list().dropLast(keep) {
      unlink(old)
      unlink(old + Self.checksumSuffix)
    }
  }

  /// The checkpoints, oldest first.
  func list() throws -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix("step-") && $0.hasSuffix(".h5") }.sorted().map { "\(folder)/\($0)" }
  }

  /// The bytes of the newest checkpoint that is undamaged, with its path; nil if there is none at all.
  ///
  /// - Parameter report: told of every damaged one that is passed over.
  /// - Throws: ``CheckpointError`` if all are damaged.
  func newest(report: (String) -> Void) throws -> (path: String, bytes: [UInt8])? {
    let all = try list()
    for path in all.reversed() {
      do {
        return (path, try Self.verifiedBytes(of: path))
      } catch {
        report("\(error)")
      }
    }
    guard all.isEmpty else {
      throw CheckpointError("no checkpoint is undamaged", file: folder, advice: "start again in another folder")
    }
    return nil
  }

  /// Reads a checkpoint, checked against the checksum beside it before libhdf5 looks at it.
  ///
  /// - Throws: ``CheckpointError`` if they do not agree, ``FileReadError`` if one of them cannot be read.
  static func verifiedBytes(of path: String) throws -> [UInt8] {
    let bytes = try FileReadError.contents(of: path)
    let expected = String(decoding: try FileReadError.contents(of: path + checksumSuffix).prefix(64), as: UTF8.self)
    let found = SHA256.hexadecimal(of: bytes)
    guard found == expected else {
      throw CheckpointError(
        "damaged: its SHA-256 is \(found.prefix(12))…, expected \(expected.prefix(12))…", file: path,
        advice: "use an older one")
    }
    return bytes
  }

  static let checksumSuffix = ".sha256"

  private static func name(updates: Int) -> String {
    let digits = String(updates)
    return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".h5"
  }
}
