import Glibc
import Logging
import Numerics

/// A log on standard error, one line a message: `cnn-dist: [rank 3] warning: …`.
struct StandardErrorLog: LogHandler {
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.notice

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "cnn-dist: \(Rank.prefix)\(event.level): \(Text.visibleLines("\(event.message)"))\n"
    line.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }

  /// The program's logger.
  static let logger = Logger(label: "cnn-dist") { _ in StandardErrorLog() }
}
