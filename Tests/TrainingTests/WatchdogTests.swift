import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Training

/// What a rank says by itself when nothing moves; with others it is tested on real jobs (WatchingTests).
@Suite struct WatchdogTests {
  /// What was logged.
  private final class Log: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// Whether `words` are there before long.
    func says(_ words: String) -> Bool {
      for _ in 0..<500 where !text.contains(words) { usleep(10_000) }
      return text.contains(words)
    }
  }

  private struct Handler: LogHandler {
    let log: Log
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.add("\(event.level): \(event.message)") }
  }

  private let log = Log()
  private let heartbeat = Heartbeat()

  private func watchdog(_ folder: String?, rank: Int = 0, action: StallAction = .report) throws -> Watchdog {
    let places = (0..<2).map { RankPlace(host: "n\($0)", process: 7) }
    return try Watchdog(
      heartbeat, rank: rank, of: places, timeout: try #require(TimeSpan("0.4s")), action: action, folder: folder,
      logger: Logger(label: "test") { [log] _ in Handler(log: log) })
  }

  /// A rank that has left no note is silent; when the step is reached after all, that is said, and the note is gone.
  @Test func aStallAndItsEnd() throws {
    let folder = try TemporaryFolder()
    let watchdog = try watchdog(folder("stalled"))
    heartbeat.enter(.waiting, step: 5)
    #expect(log.says("error: nothing has happened for 0 s in step 5: rank 1 (n1, process 7) gives no sign of life"))
    heartbeat.enter(.computing, step: 5)
    #expect(log.says("warning: training goes on"))
    withExtendedLifetime(watchdog) {}
  }

  /// Who moves answers those that stand still, and is waited for as long as it says so; one that no longer does is named.
  @Test func whoMovesIsWaitedFor() throws {
    let folder = try TemporaryFolder()
    let watchdog = try watchdog(folder("stalled"))
    heartbeat.enter(.waiting, step: 5)
    let places = (0..<2).map { RankPlace(host: "n\($0)", process: 7) }
    let other = Heartbeat()
    other.enter(.training, step: -1)
    do {
      let answering = try Watchdog(
        other, rank: 1, of: places, timeout: try #require(TimeSpan("0.4s")), action: .report,
        folder: folder("stalled"), logger: Logger(label: "test") { [log] _ in Handler(log: log) })
      usleep(1_200_000)
      #expect(log.text.isEmpty, "\(log.text)")
      withExtendedLifetime(answering) {}
    }
    #expect(log.says("error: nothing has happened for"))
    #expect(log.text.contains(": rank 1 (n1, process 7) gives no sign of life"))
    withExtendedLifetime(watchdog) {}
  }

  @Test func theNoteIsTakenBack() throws {
    let folder = try TemporaryFolder()
    do {
      let watchdog = try watchdog(folder("stalled"))
      heartbeat.enter(.waiting, step: 5)
      #expect(log.says("nothing has happened"))
      withExtendedLifetime(watchdog) {}
    }
    #expect(!FileManager.default.fileExists(atPath: folder("stalled")))
  }

  /// A file system that does not answer, here a pipe that nobody reads from, keeps the rank from nothing.
  @Test func aFolderThatHangs() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("stalled"), withIntermediateDirectories: false)
    let pipe = folder("stalled/.rank-0.tmp-\(getpid())")
    #expect(mkfifo(pipe, 0o600) == 0)
    let watchdog = try watchdog(folder("stalled"))
    heartbeat.enter(.recording, step: 5)
    #expect(log.says("rank 0 (n0, process 7) is writing records or a checkpoint"))
    #expect(log.text.contains("knows nothing of the others: \(folder("stalled")) does not answer"))
    // Whoever writes is let go, so that the test can end.
    #expect(open(pipe, O_RDONLY | O_NONBLOCK) >= 0)
    withExtendedLifetime(watchdog) {}
  }

  @Test func noFolder() throws {
    let watchdog = try watchdog(try TemporaryFolder()("none/stalled"), rank: 1)
    heartbeat.enter(.waiting, step: 5)
    #expect(log.says("rank 1 (n1, process 7) is waiting for the other ranks and knows nothing of the others: no note"))
    withExtendedLifetime(watchdog) {}
  }

  /// Before the first step a large store may be read: no job is ended for that.
  @Test func beforeTheFirstStep() throws {
    let folder = try TemporaryFolder()
    let watchdog = try watchdog(folder("stalled"), action: .abort)
    heartbeat.enter(.starting, step: 0)
    #expect(log.says("warning: nothing has happened for 0 s before the first step: rank 0 (n0, process 7) is opening"))
    withExtendedLifetime(watchdog) {}
  }

  @Test func whoHasEndedSaysNothing() throws {
    let folder = try TemporaryFolder()
    let watchdog = try watchdog(folder("stalled"))
    heartbeat.enter(.ended)
    usleep(1_000_000)
    #expect(log.text.isEmpty)
    withExtendedLifetime(watchdog) {}
  }
}
