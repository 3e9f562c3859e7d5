import Logging
import Numerics
import Training

/// A log on standard error, one line a message: `cnn-dist: [rank 3] warning: …`.
struct StandardErrorLog: LogHandler {
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.notice

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let message = Text.visibleLines("\(event.message)")
    StandardStream.errors.say("cnn-dist: \(Rank.prefixOfOthers)\(event.level): \(message)\n")
  }

  /// The program's logger.
  static let logger = Logger(label: "cnn-dist") { _ in StandardErrorLog() }
}
