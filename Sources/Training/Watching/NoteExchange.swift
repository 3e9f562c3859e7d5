import Glibc
import Numerics

/// Leaves and reads the notes of a rank, on a thread of its own: the file system may be what hangs.
final class NoteExchange: @unchecked Sendable {
  private let notes: StallNotes
  private let rank: Int
  private let ranks: Int
  private let monitor = Monitor()

  // Within the monitor.
  private var isStarted = false
  private var order: Order?
  /// Since when an order is under way, in nanoseconds of ``Heartbeat/now``; nil if none is.
  private var since: UInt64?
  private var found: [StallNotes.Note?]?
  private var hasNote = false
  private var hasEnded = false
  private var failed: ThreadError?

  // Of the thread.
  private var count = 0

  private enum Order {
    case say(Heartbeat.Moment, stands: Bool)
    case end
    /// Has the job ended: the others are told so, and after so many seconds all notes removed.
    case endJob(Heartbeat.Moment, after: Double)
  }

  init(_ notes: StallNotes, rank: Int, of ranks: Int) {
    self.notes = notes
    self.rank = rank
    self.ranks = ranks
  }

  /// Has the others told what this rank is doing, if it stands still or one of them does, and their notes read.
  ///
  /// Returns at once; what is under way already is not disturbed.
  func say(_ moment: Heartbeat.Moment, stands: Bool) {
    monitor.locked {
      guard since == nil, start() else { return }
      since = Heartbeat.now
      order = .say(moment, stands: stands)
      monitor.signal()
    }
  }

  /// What was found last, this rank's own note with it; nil before.
  var latest: [StallNotes.Note?]? { monitor.locked { found } }

  /// For how many nanoseconds the file system has not answered.
  var silence: UInt64 { monitor.locked { since.map { Heartbeat.now - min($0, Heartbeat.now) } ?? 0 } }

  /// Takes the note back, and ends the thread; it waits for that no longer than `seconds`.
  func end(within seconds: Double) { end(by: .end, within: seconds) }

  /// Tells the others that this rank ends the job, gives them `seconds` to end too, and removes all notes.
  func endJob(_ moment: Heartbeat.Moment, within seconds: Double) {
    end(by: .endJob(moment, after: seconds), within: seconds + 1)
  }

  private func end(by last: Order, within seconds: Double) {
    monitor.locked {
      guard isStarted else { return }
      order = last
      monitor.signal()
      let begin = Heartbeat.now
      while !hasEnded, Double(Heartbeat.now - begin) < seconds * 1e9 { monitor.wait(seconds: 0.1) }
    }
  }

  /// Why there are no notes; nil if there may be.
  var failure: ThreadError? { monitor.locked { failed } }

  /// Starts the thread with the first order; without one, nothing is known of the others.
  private func start() -> Bool {
    guard !isStarted, failed == nil else { return isStarted }
    do throws(ThreadError) {
      _ = try SystemThread("cnn-dist notes", isDetached: true) { [self] in run() }
      isStarted = true
    } catch {
      failed = error
    }
    return isStarted
  }

  private func run() {
    while follow(nextOrder()) {}
    monitor.locked {
      hasEnded = true
      monitor.signal()
    }
  }

  private func nextOrder() -> Order {
    monitor.locked {
      while true {
        if let order {
          self.order = nil
          return order
        }
        monitor.wait()
      }
    }
  }

  /// Does what is asked for; false if it was the last.
  private func follow(_ order: Order) -> Bool {
    switch order {
    case .say(let moment, let stands):
      let found = exchange(moment, stands)
      monitor.locked {
        self.found = found
        since = nil
      }
      return true
    case .end:
      if hasNote { notes.remove(rank) }
      return false
    case .endJob(let moment, let seconds):
      notes.leave(StallNotes.Note(moment: moment, stands: true, count: count + 1, ends: true), rank)
      usleep(UInt32(seconds * 1e6))
      notes.removeAll(of: ranks)
      return false
    }
  }

  private func exchange(_ moment: Heartbeat.Moment, _ stands: Bool) -> [StallNotes.Note?] {
    var found = notes.read(ranks)
    let isAsked = found.indices.contains { $0 != rank && found[$0]?.stands == true }
    guard stands || isAsked else {
      if hasNote { notes.remove(rank) }
      monitor.locked { hasNote = false }
      return found
    }
    count += 1
    monitor.locked { hasNote = true }
    notes.leave(StallNotes.Note(moment: moment, stands: stands, count: count), rank)
    // What this rank cannot write, others cannot.
    found[rank] = notes.read(ranks)[rank]
    return found
  }
}
