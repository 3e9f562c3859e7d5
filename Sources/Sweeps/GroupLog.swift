import Glibc
import HDF5
import Logging
import Numerics

/// What a group of ranks says while it trains, in a file of its own: a time and a message a line.
///
/// A log is a convenience: a line that cannot be written is lost, a result is not.
final class GroupLog: @unchecked Sendable {
  private let descriptor: Int32

  /// Opens the log to append.
  ///
  /// - Throws: `FileWriteError`.
  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileWriteError(path: path, operation: "open", errno: errno, byteCount: 0) }
  }

  deinit { close(descriptor) }

  /// Writes a line.
  func write(_ message: String) {
    var line = "\(UTCTime.now) \(Text.visibleLines(message))\n"
    line.withUTF8 { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
  }

  /// A logger whose messages go here.
  var logger: Logger { Logger(label: "cnn-dist") { [self] _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: GroupLog
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.write("\(event.level): \(event.message)") }
  }
}

/// The time of day everywhere alike.
enum UTCTime {
  /// Now, `2026-11-26T07:30:00Z`.
  static var now: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
