/// How many processes the launcher has started, as it tells each in environment variables.
///
/// Processes that are many for their launcher and alone for MPI are singletons: each would train the whole run, into the
/// same folder. It happens where launcher and Open MPI have no protocol in common, as with `srun --mpi=pmi2`.
public struct Launch: Sendable, Equatable {
  /// The number of processes.
  public let processCount: Int
  /// The variable that says so.
  public let variable: String

  /// Reads the variables; nil if no launcher has started this process.
  ///
  /// `mpirun` knows best, for it may itself run in a step of Slurm. Slurm's own count is that of a step, which a batch
  /// script and the shell of `salloc` are not part of: `SLURM_NTASKS`, which they have, says nothing about this process. Of
  /// the tasks of `srun --pty`, only the first has a terminal for its user to type commands.
  public init?(_ environment: [String: String]) {
    let step = environment["SLURM_STEP_ID"] != nil && environment["SLURM_PTY_PORT"] == nil
    let variables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] + (step ? ["SLURM_STEP_NUM_TASKS"] : [])
    for variable in variables {
      guard let count = environment[variable].flatMap({ Int($0) }), count > 0 else { continue }
      processCount = count
      self.variable = variable
      return
    }
    return nil
  }

  /// Checks that the processes are one job.
  ///
  /// - Parameter ranks: the ranks that MPI finds.
  /// - Throws: ``SingletonError`` if there are several processes and MPI finds one.
  public func check(ranks: Int) throws(SingletonError) {
    if ranks == 1 && processCount > 1 { throw SingletonError(launch: self) }
  }
}

/// Processes that were started together and do not find each other.
public struct SingletonError: Error, Sendable, CustomStringConvertible {
  /// What the launcher has said.
  public let launch: Launch

  /// What is wrong, why it matters, and what to do.
  public var description: String {
    let separate =
      "\n  if separate runs are meant, each with its own --output: env -u \(launch.variable) cnn-dist …"
    return "the launcher has started \(launch.processCount) processes (\(launch.variable)), but each is alone for MPI\n"
      + "  each would do all of the work, into the same folder\n"
      + "  start them with mpirun, or with srun --mpi=pmix" + (launch.variable.hasPrefix("SLURM") ? separate : "")
  }
}
