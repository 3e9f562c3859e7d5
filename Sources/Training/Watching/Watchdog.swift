import Dispatch
import Glibc
import Logging
import Synchronization

/// What happens when a rank hangs.
public enum StallAction: String, Codable, CaseIterable, Sendable {
  /// The rank is named in the log.
  case report
  /// And the job ends, with exit code 70; not before the first step, where reading a large store is no fault.
  case abort
}

/// Sees that a job no longer moves, and names the rank for which the others wait.
///
/// MPI cannot tell: a rank that waits for one that hangs waits for ever, inside a call. So each rank has a thread that looks at
/// its own ``Heartbeat``. When nothing has happened for half of the time allowed, it leaves a note in the run's folder,
/// which all ranks see; when the time is over, the lowest rank that has left one reads them all. Who does not wait, or has
/// left no note, is the culprit. While training moves, nothing is written and nothing is sent. A folder that does not answer
/// keeps nobody from speaking: each rank then says what it knows of itself.
final class Watchdog {
  private let watch: Watch

  /// Watches a training by its settings; nil if they say that it is not to be watched.
  init?(
    _ heartbeat: Heartbeat, rank: Int, of ranks: [RankPlace], _ configuration: TrainingConfiguration, folder: String?,
    logger: Logger
  ) {
    guard configuration.stallTimeout.seconds > 0 else { return nil }
    watch = Watch(
      heartbeat, rank: rank, of: ranks, timeout: configuration.stallTimeout, action: configuration.onStall,
      folder: folder, logger: logger)
    watch.begin()
  }

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
    watch = Watch(
      heartbeat, rank: rank, of: ranks, timeout: timeout, action: action, folder: folder, logger: logger)
    watch.begin()
  }

  /// Stops watching, and takes the rank's note back.
  deinit { watch.end() }
}

/// What the thread of a ``Watchdog`` does; the thread keeps it alive.
private final class Watch: @unchecked Sendable {
  private let heartbeat: Heartbeat
  private let ranks: [RankPlace]
  private let rank: Int
  private let notes: StallNotes?
  /// Where the notes are written and read, in this order: the file system may be what hangs.
  private let files = DispatchQueue(label: "stall notes")
  private let nanoseconds: UInt64
  private let action: StallAction
  private let logger: Logger

  private var thread = pthread_t()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let stopped = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isStopped = false  // under the mutex
  private var hasNoted = false  // of the thread

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
  }

  deinit {
    pthread_cond_destroy(stopped)
    pthread_mutex_destroy(mutex)
    stopped.deallocate()
    mutex.deallocate()
  }

  /// Starts the thread.
  ///
  /// The corresponding C function is `pthread_create`.
  func begin() {
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Watch>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(result == 0, "cannot start the watching thread: \(String(cString: strerror(result)))")
  }

  /// Ends the thread and waits for it.
  func end() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(stopped)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    guard hasNoted else { return }
    remove()
    _ = onFiles(within: 10) { true }
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
        remove()
        noted = nil
        if reported == before { logger.warning("training goes on: the step after the stall was reached") }
        reported = nil
      }
      if age >= nanoseconds / 2, noted == nil, moment.phase != .ended {
        leave(moment)
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

  private func leave(_ moment: Heartbeat.Moment) {
    hasNoted = true
    files.async { [notes, rank] in notes?.leave(moment, rank) }
  }

  private func remove() { files.async { [notes, rank] in notes?.remove(rank) } }

  /// What `body` yields after all that was asked of the file system before; nil if that takes too long.
  private func onFiles<Result: Sendable>(within seconds: Double, _ body: @escaping @Sendable () -> Result) -> Result? {
    let answer = Answer<Result>()
    files.async { answer.give(body()) }
    return answer.wait(seconds)
  }

  /// What the others are doing, as far as the notes tell.
  private func knowledge() -> Stall.Knowledge {
    guard let notes else { return .nothing("ranks have no folder in common") }
    let found = onFiles(within: min(Double(nanoseconds) / 4e9, 30)) { [ranks] in notes.read(ranks.count) }
    guard let found else { return .nothing("\(notes.folder) does not answer") }
    // What this rank cannot write, others cannot.
    return found[rank] == nil ? .nothing("no note can be left in \(notes.folder)") : .notes(found)
  }

  private func report(_ moment: Heartbeat.Moment, after age: UInt64) {
    let knowledge = knowledge()
    if case .notes(let found) = knowledge, found.prefix(rank).contains(where: { $0 != nil }) { return }
    let stall = Stall(moment, of: rank, ranks: ranks, knowledge, seconds: Double(age) / 1e9)
    guard moment.step > 0 else { return logger.warning("\(stall)") }
    guard action == .abort else { return logger.error("\(stall); --on-stall abort would end the job") }
    logger.critical("\(stall); the job ends, add --resume to go on")
    // Not through MPI, whose calls are the main thread's: mpirun ends the others when one leaves like this.
    _exit(EX_SOFTWARE)
  }
}

/// What one thread is told by another, if it comes in time.
private final class Answer<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func give(_ value: Value) {
    self.value.withLock { $0 = value }
    isThere.signal()
  }

  func wait(_ seconds: Double) -> Value? {
    _ = isThere.wait(timeout: .now() + seconds)
    return value.withLock { $0 }
  }
}
