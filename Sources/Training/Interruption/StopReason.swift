import Glibc

/// Why training is to stop before its end, to be resumed later.
public enum StopReason: Sendable, Equatable, CustomStringConvertible {
  /// A signal was received; its number.
  case signal(Int32)
  /// The time that the job may take is nearly over.
  case deadline
  /// The program that trains has asked for it.
  case request

  /// The number by which ranks tell each other; 0 stands for none.
  public var code: Int {
    switch self {
    case .signal(let number): Int(number)
    case .deadline: 1000
    case .request: 1001
    }
  }

  /// Reads the number; nil for 0.
  public init?(code: Int) {
    switch code {
    case 0: return nil
    case 1000: self = .deadline
    case 1001: self = .request
    default: self = .signal(Int32(code))
    }
  }

  /// Words for messages, `SIGUSR1`.
  public var description: String {
    switch self {
    case .signal(SIGUSR1): "SIGUSR1"
    case .signal(SIGTERM): "SIGTERM"
    case .signal(SIGINT): "SIGINT"
    case .signal(SIGHUP): "SIGHUP"
    case .signal(let number): "signal \(number)"
    case .deadline: "the deadline"
    case .request: "a request"
    }
  }
}

/// Training has stopped before its end, after a checkpoint: not a fault, but not the end either.
public struct StoppedEarly: Error, Sendable, CustomStringConvertible {
  /// Why.
  public let reason: StopReason
  /// What was stopped, where it stands and how it goes on.
  public let state: String

  /// Says why training has stopped, and how it goes on.
  public init(_ reason: StopReason, _ state: String) {
    self.reason = reason
    self.state = state
  }

  /// One line.
  public var description: String { "stopped early by \(reason): \(state)" }
}
