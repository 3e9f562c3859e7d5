import Checksums
import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork
import Numerics
import Reports
import Training

/// Where one group of ranks notes the trials that it has finished: a JSON object a line, on the disk before the next begins.
///
/// Only the group's first rank has one.
final class SweepJournal {
  private let path: String
  private let descriptor: Int32
  private var length: Int

  /// Opens the journal to append; a last line without its end, which a kill has left, is cut off.
  ///
  /// - Throws: `FileReadError` or `FileWriteError`.
  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(path: path, operation: "open", errno: errno, byteCount: 0) }
    let bytes = try FileReadError.contents(of: path)
    length = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw failure("cut off", byteCount: 0) }
    // The file's name is to survive a power cut like its records.
    let folder = open(Path.folder(of: path), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  deinit { close(descriptor) }

  /// Appends a record and brings it to the disk; if that fails, what was there before is left.
  ///
  /// The corresponding C functions are `pwrite` and `fsync`.
  func append(_ record: TrialRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try Array(encoder.encode(record)) + [UInt8(ascii: "\n")]
    var written = 0
    while written < line.count {
      let count = line.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, line.count - written, off_t(length + written))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw undo(failure("write", byteCount: line.count)) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw undo(failure("sync", byteCount: line.count)) }
    length += line.count
  }

  private func undo(_ error: FileWriteError) -> FileWriteError {
    _ = ftruncate(descriptor, off_t(length))
    return error
  }

  private func failure(_ operation: String, byteCount: Int) -> FileWriteError {
    FileWriteError(path: path, operation: operation, errno: errno, byteCount: byteCount)
  }
}

extension Trial {
  /// By what the journal knows the trial: SHA-256 of all that decides its result.
  ///
  /// - Throws: `FileReadError` if the weights that training starts from cannot be read.
  func key(storeFingerprint: String) throws -> String {
    var parts = [try configuration.decidingTheResult().yaml(), storeFingerprint, Program.version]
    if let file = configuration.initialWeights {
      parts.append(SHA256.hexadecimal(of: try FileReadError.contents(of: file)))
    }
    return SHA256.hexadecimal(of: Array(parts.joined(separator: "\n").utf8))
  }
}
