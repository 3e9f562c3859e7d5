import MPI

/// Looks at a job before it works: whether its ranks are alike, have cores of their own, and can add, lock and write.
public enum Doctor {
  /// All checks, in the order in which they are made: those first that others rely on.
  static var checks: [any Check.Type] {
    [
      WorldCheck.self, LibraryCheck.self, ProgramCheck.self, KernelsCheck.self, CoresCheck.self, YieldingCheck.self,
      ClockCheck.self, SumsCheck.self, StoreCheck.self, LockCheck.self, DiskCheck.self,
    ]
  }

  /// Makes all checks.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments.
  ///
  /// - Throws: an error of MPI; what is wrong otherwise is in the report.
  public static func examine(_ world: Communicator, _ work: PlannedWork) throws -> Report {
    try report(Site(world, work), checks)
  }

  /// Makes the quick checks, at the start of a job; a job of one rank, on one machine, has little to check.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Parameter warn: is called on rank 0 with each warning.
  /// - Throws: ``DoctorError`` on every rank if the job must not go on; an error of MPI.
  public static func checkStart(of world: Communicator, warn: (Finding) -> Void) throws {
    let report = try report(Site(world, nil), checks.filter { $0.isQuick })
    if world.rank == 0 {
      for finding in report.findings where finding.severity == .warning { warn(finding) }
    }
    if let error = report.error { throw error }
  }

  private static func report(_ site: Site, _ checks: [any Check.Type]) throws -> Report {
    Report(entries: try checks.map { (name: $0.name, verdict: try $0.examine(site)) })
  }
}
