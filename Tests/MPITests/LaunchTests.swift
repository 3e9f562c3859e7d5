import Testing

@testable import MPI

@Suite struct LaunchTests {
  /// What launchers put into the environment, as seen on real ones, and how many processes there are then.
  static let environments: [(name: String, variables: [String: String], count: Int?)] = [
    ("none", [:], nil),
    ("mpirun", ["OMPI_COMM_WORLD_SIZE": "8"], 8),
    ("MPICH's mpirun", ["PMI_SIZE": "4", "PMI_RANK": "1"], 4),
    ("srun", ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_NTASKS": "2", "SLURM_PROCID": "1"], 2),
    ("srun -n 1", ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_NTASKS": "1"], 1),
    // Nothing has started four processes here, although four were asked for.
    ("a batch script", ["SLURM_NTASKS": "4", "SLURM_NPROCS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0"], nil),
    ("salloc", ["SLURM_NTASKS": "4", "SLURM_JOB_NUM_NODES": "2"], nil),
    ("srun --pty", ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PTY_PORT": "38245"], nil),
    // mpirun starts its daemons as a step of Slurm's.
    (
      "mpirun -n 1 in a batch job",
      ["OMPI_COMM_WORLD_SIZE": "1", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "3", "SLURM_PROCID": "0"], 1
    ),
    ("nonsense", ["OMPI_COMM_WORLD_SIZE": "many", "PMI_SIZE": "-1"], nil),
  ]

  @Test(arguments: environments.indices) func launchersAreUnderstood(_ index: Int) {
    let (name, variables, count) = Self.environments[index]
    #expect(Launch(variables)?.processCount == count, "\(name)")
  }

  @Test func singletonsAreAnError() throws {
    let launch = try #require(Launch(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4"]))
    let error = #expect(throws: SingletonError.self) { try launch.check(ranks: 1) }
    #expect("\(try #require(error))".contains("4 processes (SLURM_STEP_NUM_TASKS)"))
    #expect(throws: Never.self) { try launch.check(ranks: 4) }
    // A world that is not the whole step is still one job.
    #expect(throws: Never.self) { try launch.check(ranks: 2) }
  }

  @Test(arguments: [
    ("0-1", [0, 1]), ("5", [5]), ("\t0-2,8,10-11", [0, 1, 2, 8, 10, 11]), ("", nil), ("3-1", nil), ("a", nil),
  ])
  func coresAreRead(text: String, cores: [Int]?) {
    #expect(AllowedCores.list(text[...]) == cores)
  }
}
