/// Something that a check has found: what it is, why it matters, and the line that cures it.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
  /// How bad it is.
  public enum Severity: Sendable, Equatable {
    /// The job can go on.
    case warning
    /// The job must not go on.
    case error(Failure)
  }

  /// What kind of error it is, which decides the exit code.
  public enum Failure: String, Codable, Sendable {
    /// Ranks or settings do not fit.
    case mismatch
    /// The machine, or its MPI library, does not do what it should.
    case machine
    /// Files cannot be written or read.
    case files
    /// A file is not there.
    case missing
  }

  /// How bad it is.
  public let severity: Severity
  /// What was found, and on which rank or host.
  public let what: String
  /// What happens because of it.
  public let why: String
  /// What to do, best a line to type.
  public let cure: String

  /// What, why and cure, a line each.
  public var description: String { "\(what)\n  why   \(why)\n  cure  \(cure)" }

  /// Something that is worth knowing.
  static func warning(_ what: String, why: String, cure: String) -> Finding {
    Finding(severity: .warning, what: what, why: why, cure: cure)
  }

  /// Something that must not be.
  static func error(_ failure: Failure, _ what: String, why: String, cure: String) -> Finding {
    Finding(severity: .error(failure), what: what, why: why, cure: cure)
  }
}

/// What a check says in the end, the same on every rank.
public struct Verdict: Sendable, Equatable {
  /// What is so, for the list of checks.
  public let summary: String
  /// What is wrong; nothing if all is well.
  public let findings: [Finding]

  init(_ summary: String, _ findings: [Finding] = []) {
    self.summary = summary
    self.findings = findings
  }
}

/// Findings with which a job must not go on.
public struct DoctorError: Error, Sendable, CustomStringConvertible {
  /// All of them; there is at least one.
  public let findings: [Finding]

  /// The findings, one after the other.
  public var description: String { findings.map(\.description).joined(separator: "\n") }

  /// The kind of the first.
  public var failure: Finding.Failure {
    for case .error(let failure) in findings.map(\.severity) { return failure }
    return .machine
  }
}
