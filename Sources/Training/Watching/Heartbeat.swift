import Glibc
import Synchronization

/// What a rank is doing: its main thread says so, and other threads can look at any time.
///
/// Saying so costs a reading of the clock and three stores.
final class Heartbeat: Sendable {
  /// What takes the time of a training.
  enum Phase: UInt8, CustomStringConvertible {
    case starting, reading, computing, waiting, updating, recording, evaluating, ended, training, moving

    /// Words that follow "it is".
    var description: String {
      switch self {
      case .starting: "opening the store, reading samples or making the network"
      case .reading: "waiting for samples of virtual shard"
      case .computing: "computing virtual shard"
      case .waiting: "waiting for the other ranks"
      case .updating: "updating its parameters"
      case .recording: "writing records or a checkpoint"
      case .evaluating: "evaluating"
      case .ended: "at its end"
      case .training: "training"
      case .moving: "at work"
      }
    }

    /// Whether standing still in it means anything: not at the end, nor where a training has a watch of its own.
    var isWatched: Bool { self != .ended && self != .training }
  }

  /// A moment of a training.
  struct Moment: Equatable {
    var phase: Phase
    var shard: Int
    /// The step that is computed, counted from 1 over the whole training; 0 before there is one, and ``outsideOfSteps``.
    var step: Int
    /// The step of what is no training.
    static let outsideOfSteps = -1
    /// Since when, in nanoseconds of ``Heartbeat/now``.
    var since: UInt64

    /// Words that follow "it is".
    var description: String {
      switch phase {
      case .reading, .computing: "\(phase) \(shard)"
      default: "\(phase)"
      }
    }
  }

  private let place = Atomic<UInt64>(0)  // the shard, and the phase in the last 8 bits
  private let step = Atomic<Int>(0)
  private let since = Atomic<UInt64>(Heartbeat.now)

  /// Says what is done from now on.
  func enter(_ phase: Phase, step: Int, shard: Int = 0) {
    place.store(UInt64(shard) << 8 | UInt64(phase.rawValue), ordering: .relaxed)
    self.step.store(step, ordering: .relaxed)
    since.store(Self.now, ordering: .releasing)
  }

  /// Says that something else is done in the same step.
  func enter(_ phase: Phase) { enter(phase, step: step.load(ordering: .relaxed)) }

  /// Says that this rank waits for others while `body`, a collective, is under way.
  func whileWaiting<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let before = moment
    enter(.waiting)
    let result = try body()
    enter(before.phase, step: before.step, shard: before.shard)
    return result
  }

  /// What was said last.
  var moment: Moment {
    let since = since.load(ordering: .acquiring)
    let place = place.load(ordering: .relaxed)
    return Moment(
      phase: Phase(rawValue: UInt8(place & 0xFF)) ?? .starting, shard: Int(place >> 8),
      step: step.load(ordering: .relaxed), since: since)
  }

  /// Nanoseconds of a clock that runs on whatever happens to the time of day.
  ///
  /// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC`.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
