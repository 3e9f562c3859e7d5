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
      rank: Rank.ofThisProcess, of: max(Rank.count, Rank.ofThisProcess + 1), job: job,
      timeout: timeout ?? defaults.stallTimeout, action: action ?? defaults.onStall, logger: StandardErrorLog.logger)
  }

  /// What the launcher calls the job, as part of a file's name.
  private static let job: String = {
    let environment = ProcessInfo.processInfo.environment
    let names = ["PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "SLURM_JOB_ID"].compactMap { environment[$0] }
    return (names.first ?? "\(getppid())").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }()
}
