import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `cnn-dist submit`: what it prints is what was asked for, and a scheduler takes it.
  @Suite struct SubmitTests {
    private static let schedulers = ["slurm", "pbs", "lsf"]

    private func submit(_ arguments: [String], in folder: TemporaryFolder) throws -> MPIRun.Result {
      try BuiltProgram.run(["submit"] + arguments, in: folder)
    }

    /// Values with everything that a shell might change come back from bash as they were.
    @Test(.timeLimit(.minutes(1)), arguments: schedulers) func valuesAreQuoted(scheduler: String) throws {
      let folder = try TemporaryFolder()
      let output = #"runs/it's $HOME `x` "y" } # \ *"# + "\u{600}' $(touch spoilt) \u{202E}\u{301}"
      let program = "/opt/a b/$cnn-dist"
      let result = try submit(
        [
          scheduler, "--ranks-per-node", "4", "--output", output, "--program", program, "--restarts", "3", "--",
          "--epochs", "3", "--store", BuiltProgram.digits, "--metrics", "accuracy,confusion_matrix", "--set",
          "augmentation={rotation_range: 20}",
        ], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let settings = try #require(result.output.components(separatedBy: "# And these.").last)
        .components(separatedBy: "set -u")[0]
      let shown = try MPIRun(
        command: [
          "bash", "-uc",
          settings + #"printf '%s\n' "$COMMAND" "$PROGRAM" "$OUTPUT" "$PARTS" "$RESTARTS" "${ARGUMENTS[@]}""#,
        ], in: folder.path
      ).wait()
      #expect(
        shown.output.split(separator: "\n").map(String.init) == [
          "train", program, output, "1", "3", "--epochs", "3", "--store", BuiltProgram.digits, "--metrics",
          "accuracy,confusion_matrix", "--set", "augmentation={rotation_range: 20}",
        ], "\(shown.output)\(shown.errors)")
    }

    /// Directives, in the form of each scheduler.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: zip(
        schedulers,
        [
          [
            "#   sbatch THIS_FILE", "#SBATCH --job-name=grid", "#SBATCH --partition=short", "#SBATCH --account=abc",
            "#SBATCH --array=1-4", "#SBATCH --nodes=3", "#SBATCH --ntasks-per-node=2", "#SBATCH --time=01:30:00",
          ],
          [
            "#   qsub -J 1-4 THIS_FILE", "#PBS -N grid", "#PBS -q short", "#PBS -A abc",
            "#PBS -l select=3:ncpus=2:mpiprocs=2", "#PBS -l walltime=01:30:00",
          ],
          [
            "#   bsub < THIS_FILE", #"#BSUB -J "grid[1-4]""#, "#BSUB -q short", "#BSUB -P abc", "#BSUB -n 6",
            #"#BSUB -R "span[ptile=2]""#, "#BSUB -W 01:30", "#BSUB -o grid-%J-%I.log",
          ],
        ]))
    func directives(scheduler: String, lines: [String]) throws {
      let folder = try TemporaryFolder()
      let result = try submit(
        [
          scheduler, "--sweep", "--parts", "4", "--nodes", "3", "--ranks-per-node", "2", "--time", "90m", "--job-name",
          "grid", "--queue", "short", "--account", "abc", "--output", "runs/grid", "--", "--l2", "0,0.1", "--store",
          BuiltProgram.digits,
        ], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let script = result.output.split(separator: "\n").map(String.init)
      for line in lines { #expect(script.count { $0 == line } == 1, "\(line) in \(result.output)") }
      #expect(script.contains { $0.hasPrefix("COMMAND=${COMMAND:-sweep}") })
      #expect(script.contains { $0.hasPrefix("ARGUMENTS=(--l2 '0,0.1' --store ") })
      try Data(result.output.utf8).write(to: URL(filePath: folder("job")))
      let check = try MPIRun(command: ["bash", "-n", "job"], in: folder.path).wait()
      #expect(check.status == 0, "\(check.errors)")
      guard access("/usr/bin/shellcheck", X_OK) == 0 else { return }
      let shellcheck = try MPIRun(command: ["shellcheck", "job"], in: folder.path).wait()
      #expect(shellcheck.status == 0, "\(shellcheck.output)")
    }

    /// What cannot begin is said before it waits in a queue.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        (["slurm", "--nodes", "4"], 65, "32 ranks cannot share 8 virtual shards"),
        (["slurm", "--nodes", "0"], 64, "--nodes is 0"), (["pbs", "--time", "1m"], 64, "at least 5m"),
        (["slurm", "--time", "8"], 64, "--time is 8s, expected at least 5m"),
        (["pbs", "--time", "soon"], 64, "90m or 8h"), (["lsf", "--job-name", "a b"], 64, "--job-name is 'a b'"),
        (["slurm", "--queue", "$(reboot)"], 64, "--queue"), (["slurm", "--account", "-x"], 64, "account"),
        (["slurm", "--output", "a\nb"], 64, "--output"), (["slurm", "--program", ""], 64, "--program"),
        (["nqs"], 64, "'slurm', 'pbs' or 'lsf'"), (["slurm", "--config", "none.yaml"], 66, "none.yaml"),
        (["slurm", "--", "--epoch", "3"], 64, "--epochs"), (["slurm", "--", "--l2", "0,1"], 65, "cnn-dist sweep"),
        (["slurm", "--", "--output", "x"], 64, "--output"), (["slurm", "--", "--deadline", "5m"], 64, "--time"),
        (["slurm", "--parts", "3"], 64, "--sweep"), (["slurm", "--sweep"], 65, "no setting to vary"),
        (["lsf", "--sweep", "--parts", "2", "--", "--l2", "0,1"], 64, "--output FOLDER"),
        (["slurm", "--sweep", "--output", "x", "--", "--l2", "0,1", "--part", "1/2"], 64, "--parts"),
      ] as [([String], Int32, String)])
    func badInput(arguments: [String], status: Int32, words: String) throws {
      let result = try submit(arguments, in: TemporaryFolder())
      #expect(result.status == status && result.errors.contains(words), "\(result.status): \(result.errors)")
      #expect(result.output.isEmpty, "no script is half right")
    }

    /// Slurm takes the script and trains into a folder with a difficult name; the bits are those of one rank.
    @Test(
      .timeLimit(.minutes(2)),
      .enabled(
        if: isNightly && Hosts.canBeMade && access("/usr/sbin/slurmctld", X_OK) == 0, "nightly; needs root, and Slurm"))
    func slurmRunsIt() throws {
      let reference = try FinishedRun("--epochs", "3")
      let folder = try TemporaryFolder()
      let script = #"""
        "$PROGRAM" submit slurm --nodes 4 --ranks-per-node 2 --program "$PROGRAM" --output "it's \$a run" \
          -- --store "$STORE" --epochs 3 --quiet >job
        unset PROGRAM
        sbatch --test-only job
        id=$(sbatch --parsable job)
        until [[ $(scontrol show job "$id") =~ JobState=(COMPLETED|FAILED) ]]; do sleep 0.1; done
        cat *.log
        """#
      let result = try Hosts.start(script, slurm: true, in: folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("complete: it's $a run"), "\(result.output)\(result.errors)")
      let model = try Data(contentsOf: URL(filePath: folder("it's $a run/model.h5")))
      #expect(model == reference.contents["model.h5"])
    }
  }
}
