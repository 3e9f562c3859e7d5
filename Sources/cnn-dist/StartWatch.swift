import Foundation
import MPI
import Training

/// What watches a command from its first moment: from here on no rank waits for another in silence.
enum StartWatch {
  /// Starts to watch this job.
  ///
  /// - Parameters:
  ///   - timeout: how long nothing may happen; nil for the default of a run.
  ///   - action: what happens then; nil for the default of a run.
  /// - Throws: `ThreadError` if there can be no thread.
  static func begin(timeout: TimeSpan? = nil, action: StallAction? = nil) throws -> JobWatch {
    let defaults = TrainingConfiguration()
    return try JobWatch(
      rank: Rank.ofThisProcess, of: max(Rank.count, Rank.ofThisProcess + 1), folder: folder,
      timeout: timeout ?? defaults.stallTimeout, action: action ?? defaults.onStall, logger: StandardErrorLog.logger)
  }

  /// Starts MPI and makes the quick checks, watched.
  ///
  /// Collective: every rank of the job must call this.
  ///
  /// - Throws: `DoctorError` on every rank if the job must not go on, an error of MPI.
  static func enterJob(_ watch: JobWatch) throws -> (Environment, Communicator) {
    try watch.whileWaiting {
      let environment = try Environment()
      let world = try environment.world.numberedByNode()
      try QuickCheck.run(on: world)
      return (environment, world)
    }
  }

  /// A folder in the working directory with the launcher's name of the job, where all ranks are on one machine: of several,
  /// each may have a working directory of its own, and a note that is not seen is no sign that nobody lives.
  private static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment
    guard Rank.hasOthers, environment["OMPI_COMM_WORLD_LOCAL_SIZE"] == "\(Rank.count)",
      let job = environment["PMIX_NAMESPACE"] ?? environment["OMPI_MCA_ess_base_jobid"]
    else { return nil }
    return ".cnn-dist-stalled-\(job.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })"
  }()
}
