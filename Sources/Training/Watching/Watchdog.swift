import Glibc
import Logging

/// What happens when a rank hangs.
public enum StallAction: String, Codable, CaseIterable, Sendable {
  /// The rank is named in the log.
  case report
  /// And the job ends, with exit code 70.
  case abort
}

/// Sees that a job no longer moves, and names the rank for which the others wait.
///
/// MPI cannot tell: a rank that waits for one that hangs waits for ever, inside a call. So each rank has a thread that looks at
/// its own ``Heartbeat``. When nothing has happened for half of the time allowed, it leaves a note in the run's folder,
/// which all ranks see; when the time is over, the lowest rank that has left one reads them all. Who does not wait, or has
/// left no note, is the culprit. While training moves, nothing is written and nothing is sent.
final class Watchdog: @unchecked Sendable {
  private let heartbeat: Heartbeat
  private let ranks: [RankPlace]
  private let rank: Int
  private let notes: StallNotes?
  private let nanoseconds: UInt64
  private let action: StallAction
  private let logger: Logger

  private var thread = pthread_t()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let stopped = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isStopped = false  // under the mutex

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - heartbeat: of this process' main thread.
  ///   - ranks: where each rank runs; this one is `rank`.
  ///   - timeout: how long nothing may happen.
  ///   - folder: where notes are left, made when the first is; nil if ranks have no folder in common.
  init(
    _ heartbeat: Heartbeat, rank: Int, of ranks: [RankPlace], timeout: TimeSpan, action: StallAction, folder: String?,
    logger: Logger
  ) {
    self.heartbeat = heartbeat
    self.ranks = ranks
    self.rank = rank
    notes = folder.map { StallNotes(folder: $0) }
    nanoseconds = UInt64(timeout.seconds * 1e9)
    self.action = action
    self.logger = logger
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(stopped, nil)
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Watchdog>.fromOpaque(context).takeUnretainedValue().run()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    precondition(result == 0, "cannot start the watching thread: \(String(cString: strerror(result)))")
  }

  /// Stops watching.
  deinit {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(stopped)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    notes?.remove(rank)
    pthread_cond_destroy(stopped)
    pthread_mutex_destroy(mutex)
    stopped.deallocate()
    mutex.deallocate()
  }

  private func run() {
    var noted: Heartbeat.Moment?
    var reported: Heartbeat.Moment?
    var lastLook = Heartbeat.now
    var awakeSince = lastLook
    while sleep() {
      let moment = heartbeat.moment
      let now = Heartbeat.now
      // Who stood still with the whole process knows least of all; the time begins anew.
      if now - lastLook > nanoseconds / 2 { awakeSince = now }
      lastLook = now
      let age = now - min(now, max(moment.since, awakeSince))
      if let before = noted, moment != before {
        notes?.remove(rank)
        noted = nil
        if reported == before { logger.warning("training goes on: the step after the stall was reached") }
        reported = nil
      }
      if age >= nanoseconds / 2, noted == nil, moment.phase != .ended {
        notes?.leave(moment, rank)
        noted = moment
      }
      if age >= nanoseconds, reported == nil, let noted {
        reported = noted
        report(moment, after: age)
      }
    }
  }

  /// Waits a little; false if the watching is over.
  private func sleep() -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    let pause = min(max(nanoseconds / 20, 1_000_000), 1_000_000_000)
    let end = UInt64(until.tv_nsec) + pause
    until.tv_sec += Int(end / 1_000_000_000)
    until.tv_nsec = Int(end % 1_000_000_000)
    var result: Int32 = 0
    while !isStopped && result == 0 { result = pthread_cond_timedwait(stopped, mutex, &until) }
    return !isStopped
  }

  private func report(_ moment: Heartbeat.Moment, after age: UInt64) {
    let found = notes?.read(ranks.count) ?? []
    guard notes == nil || !found.prefix(rank).contains(where: { $0 != nil }) else { return }
    let stall = Stall(moment, of: rank, ranks: ranks, notes: found, seconds: Double(age) / 1e9)
    guard action == .abort else { return logger.error("\(stall); --on-stall abort would end the job") }
    logger.critical("\(stall); the job ends, add --resume to go on")
    // Not through MPI, whose calls are the main thread's: mpirun ends the others when one leaves like this.
    _exit(EX_SOFTWARE)
  }
}
