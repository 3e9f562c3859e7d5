import Glibc
import Logging
import Numerics

/// What happens when a rank hangs.
public enum StallAction: String, Codable, CaseIterable, Sendable {
  /// The rank is named in the log.
  case report
  /// And the job ends, with exit code 70; before the first step, where reading a large store is no fault, only for a rank
  /// that gives no sign of life.
  case abort
}

/// Sees that a job no longer moves, and names the rank for which the others wait.
///
/// MPI cannot tell: a rank that waits for one that hangs waits for ever, inside a call. So each rank has a thread that looks at
/// its own ``Heartbeat``. When nothing has happened for half of the time allowed, it leaves a note in the run's folder, which
/// all ranks see, and whoever sees one answers with one of its own, again and again; when the time is over, the lowest rank
/// that stands still looks at them all. Who stands still and does not wait, or says nothing, is the culprit; for one that moves
/// the others go on waiting. While all move, nothing is written and nothing is sent. A folder that does not answer keeps nobody
/// from speaking: each rank then says what it knows of itself. All times are of the monotonic clock.
final class Watchdog {
  private let watch: Watch
  private let thread: SystemThread

  /// Watches a training by its settings; nil if they say that it is not to be watched.
  convenience init?(
    _ heartbeat: Heartbeat, rank: Int, of ranks: [RankPlace?], _ configuration: TrainingConfiguration, folder: String?,
    logger: Logger
  ) throws(ThreadError) {
    guard configuration.stallTimeout.seconds > 0 else { return nil }
    try self.init(
      heartbeat, rank: rank, of: ranks, timeout: configuration.stallTimeout, action: configuration.onStall,
      folder: folder, logger: logger)
  }

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - heartbeat: of this process' main thread.
  ///   - ranks: where each rank runs, nil where that is not known yet; this one is `rank`.
  ///   - timeout: how long nothing may happen.
  ///   - folder: where notes are left, made when the first is; nil if ranks have no folder in common.
  /// - Throws: `ThreadError` if there can be no thread.
  init(
    _ heartbeat: Heartbeat, rank: Int, of ranks: [RankPlace?], timeout: TimeSpan, action: StallAction, folder: String?,
    logger: Logger
  ) throws(ThreadError) {
    let watch = Watch(
      heartbeat, rank: rank, of: ranks, timeout: timeout, action: action, folder: folder, logger: logger)
    self.watch = watch
    thread = try SystemThread("cnn-dist watch") { watch.run() }
  }

  /// Stops watching, and takes the rank's note back.
  deinit {
    watch.end()
    thread.join()
  }
}

/// What the thread of a ``Watchdog`` does; the thread keeps it alive.
private final class Watch: @unchecked Sendable {
  private let heartbeat: Heartbeat
  private let ranks: [RankPlace?]
  private let rank: Int
  private let notes: StallNotes?
  private let exchange: NoteExchange?
  private let nanoseconds: UInt64
  private let action: StallAction
  private let logger: Logger

  private let monitor = Monitor()
  private var isStopped = false  // within the monitor

  // Of the thread.
  /// When each rank's note was first seen as it is, by rank.
  private var seen: [Int: (count: Int, since: UInt64)] = [:]

  init(
    _ heartbeat: Heartbeat, rank: Int, of ranks: [RankPlace?], timeout: TimeSpan, action: StallAction, folder: String?,
    logger: Logger
  ) {
    self.heartbeat = heartbeat
    self.ranks = ranks
    self.rank = rank
    notes = folder.map { StallNotes(folder: $0) }
    exchange = notes.map { NoteExchange($0, rank: rank, of: ranks.count) }
    // A hundred years are as good as for ever.
    nanoseconds = UInt64(min(timeout.seconds, 3e9) * 1e9)
    self.action = action
    self.logger = logger
  }

  /// Lets the thread end.
  func end() {
    monitor.locked {
      isStopped = true
      monitor.signal()
    }
  }

  func run() {
    var reported: Heartbeat.Moment?
    var lastLook = Heartbeat.now
    var awakeSince = lastLook
    var lastExchange = lastLook
    var stood = false
    while sleep() {
      let moment = heartbeat.moment
      let now = Heartbeat.now
      // Who stood still with the whole process knows least of all; the time begins anew.
      if now - lastLook > nanoseconds / 2 { awakeSince = now }
      lastLook = now
      let age = now - min(now, max(moment.since, awakeSince))
      if let before = reported, moment != before {
        logger.warning("\(before.step > 0 ? "training goes on: the step after the stall was reached" : "it goes on")")
        reported = nil
      }
      let stands = age >= nanoseconds / 2 && moment.phase.isWatched
      if stands != stood || now - lastExchange >= nanoseconds / 8 {
        exchange?.say(moment, stands: stands)
        lastExchange = now
        stood = stands
      }
      lookAtNotes()
      if age >= nanoseconds, stands, reported == nil, report(moment, after: age) { reported = moment }
    }
    exchange?.end(within: 10)
  }

  /// Waits a little; false if the watching is over.
  private func sleep() -> Bool {
    monitor.locked {
      if !isStopped { monitor.wait(seconds: min(max(Double(nanoseconds) / 20e9, 0.001), 1)) }
      return !isStopped
    }
  }

  /// Remembers since when the others' notes are as they are; ends with a rank that ends the job, which has said why.
  private func lookAtNotes() {
    guard let found = exchange?.latest else { return }
    let endsJob = found.enumerated().contains { other, note in
      // A note that another job has left does not change.
      other != rank && note?.ends == true && seen[other].map { $0.count != note?.count } == true
    }
    if endsJob, heartbeat.moment.phase.isWatched {
      exchange?.end(within: 1)
      // Whoever leaves first has mpirun end all others: that one removes what is left of the notes before.
      Glibc.sleep(10)
      _exit(EX_SOFTWARE)
    }
    for (other, note) in found.enumerated() where seen[other]?.count != note?.count {
      seen[other] = note.map { ($0.count, Heartbeat.now) }
    }
  }

  /// What the others are doing, as far as the notes tell; nil if they have not told yet.
  private func knowledge() -> Stall.Knowledge? {
    guard let exchange, let notes else { return .nothing("ranks have no folder in common") }
    if let failure = exchange.failure { return .nothing("\(failure)") }
    guard exchange.silence < nanoseconds / 4 else { return .nothing("\(notes.folder) does not answer") }
    guard let found = exchange.latest, exchange.silence == 0 || found[rank]?.stands == true else { return nil }
    guard found[rank] != nil else { return .nothing("no note can be left in \(notes.folder)") }
    let now = Heartbeat.now
    return .notes(
      found.enumerated().map { other, note in
        guard let note, let since = seen[other]?.since, now - since <= nanoseconds / 4 * 3 else { return nil }
        var moment = note.moment
        if !note.stands { moment.phase = .moving }
        return moment
      })
  }

  /// Names the culprit; false if another rank does, or if there is none yet.
  private func report(_ moment: Heartbeat.Moment, after age: UInt64) -> Bool {
    guard let knowledge = knowledge() else { return false }
    if case .notes(let found) = knowledge {
      if found.prefix(rank).contains(where: { $0.map { $0.phase != .moving } ?? false }) { return false }
      // What takes long elsewhere is waited for.
      let isWaitedFor = moment.phase == .waiting && found.contains { $0?.phase == .moving }
      let hasCulprit = found.enumerated().contains { other, note in
        other != rank && (note == nil || note?.phase != .waiting && note?.phase != .moving)
      }
      if isWaitedFor && !hasCulprit { return false }
    }
    let stall = Stall(moment, of: rank, ranks: ranks, knowledge, seconds: Double(age) / 1e9)
    // Before the first step a rank may well read for long; one that gives no sign of life does nothing.
    if moment.step == 0, action == .report || moment.phase != .waiting || !knowledge.hasSilentRank {
      logger.warning("\(stall)")
    } else if action == .report {
      logger.error("\(stall); --on-stall abort would end the job")
    } else {
      logger.critical("\(stall); the job ends\(moment.step > 0 ? ", add --resume to go on" : "")")
      exchange?.endJob(moment, within: min(Double(nanoseconds) / 8e9 + 0.5, 2))
      // Not through MPI, whose calls are the main thread's: mpirun ends the others when one leaves like this.
      _exit(EX_SOFTWARE)
    }
    return true
  }
}
