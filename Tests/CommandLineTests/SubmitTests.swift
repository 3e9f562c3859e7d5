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
          "grid", "--queue", "short", "--account", "abc", "--output", "runs/grid", "--", "--l2", "0,0.1,0.2,1",
          "--store",
          BuiltProgram.digits,
        ], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let script = result.output.split(separator: "\n").map(String.init)
      for line in lines { #expect(script.count { $0 == line } == 1, "\(line) in \(result.output)") }
      #expect(script.contains { $0.hasPrefix("COMMAND=${COMMAND:-sweep}") })
      #expect(script.contains { $0.hasPrefix("ARGUMENTS=(--l2 '0,0.1,0.2,1' --store ") })
      try Data(result.output.utf8).write(to: URL(filePath: folder("job")))
      let check = try MPIRun(command: ["bash", "-n", "job"], in: folder.path).wait()
      #expect(check.status == 0, "\(check.errors)")
      guard access("/usr/bin/shellcheck", X_OK) == 0 else { return }
      let shellcheck = try MPIRun(command: ["shellcheck", "job"], in: folder.path).wait()
      #expect(shellcheck.status == 0, "\(shellcheck.output)")
    }

    /// Times as people and Slurm write them, in each scheduler's own form.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        ("90", "01:30"), ("90:00", "01:30"), ("01:30:00", "01:30"), ("1-00:00:00", "24:00"), ("2-00", "48:00"),
        ("2-12:30", "60:30"), ("2-23:59:59", "71:59"), ("100:59:59", "100:59"), ("600:30", "10:00"), ("2h", "02:00"),
        ("90m", "01:30"), ("1.5h", "01:30"),
      ])
    func times(written: String, time: String) throws {
      let folder = try TemporaryFolder()
      for (scheduler, line) in [
        ("slurm", "#SBATCH --time=\(time):00"), ("pbs", "#PBS -l walltime=\(time):00"), ("lsf", "#BSUB -W \(time)"),
      ] {
        let result = try submit([scheduler, "--time", written, "--", "--store", BuiltProgram.digits], in: folder)
        #expect(result.output.split(separator: "\n").count { $0 == line } == 1, "\(result.output)\(result.errors)")
      }
    }

    /// Memory, modules, and whatever else a site wants to be told.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        ("slurm", ["#SBATCH --mem=65536M", "#SBATCH --output=%x-%A_%a.log", "#SBATCH --x=1", "#SBATCH -C a b"]),
        ("pbs", ["#PBS -l select=1:ncpus=8:mpiprocs=8:mem=65536mb", "#PBS --x=1", "#PBS -C a b"]),
        ("lsf", [#"#BSUB -R "span[ptile=8] rusage[mem=65536MB/host]""#, "#BSUB --x=1", "#BSUB -C a b"]),
      ])
    func memoryModulesAndMore(scheduler: String, lines: [String]) throws {
      let folder = try TemporaryFolder()
      let result = try submit(
        [
          scheduler, "--memory", "64G", "--module", "openmpi/4.1", "--module", "gcc", "--directive", "--x=1",
          "--directive", "-C a b", "--sweep", "--parts", "2", "--output", "x", "--", "--l2", "0,1", "--store",
          BuiltProgram.digits,
        ], in: folder)
      let script = result.output.split(separator: "\n").map(String.init)
      for line in lines + ["module load openmpi/4.1 gcc"] {
        #expect(script.count { $0 == line } == 1, "\(line) in \(result.output)\(result.errors)")
      }
      // Directives end where commands begin.
      let first = try #require(script.firstIndex { !$0.hasPrefix("#") })
      #expect(lines.allSatisfy { line in script[..<first].contains(line) }, "\(result.output)")
      try Data(result.output.utf8).write(to: URL(filePath: folder("job")))
      let check = try MPIRun(command: ["bash", "-n", "job"], in: folder.path).wait()
      #expect(check.status == 0, "\(check.errors)")
    }

    /// What --output has already is looked at now, as the job would do it.
    @Test(.timeLimit(.minutes(1))) func whatIsThereAlready() throws {
      let run = try TrainingRun("--epochs", "1")
      try run.train(ranks: 1)
      let settings = ["--", "--store", BuiltProgram.digits]
      func expect(_ arguments: [String], _ words: String?) throws {
        let result = try submit(["slurm"] + arguments, in: run.folder)
        #expect(result.status == (words == nil ? 0 : 65), "\(arguments): \(result.errors)")
        #expect(words.map { result.errors.contains($0) } ?? result.errors.isEmpty, "\(arguments): \(result.errors)")
        #expect(result.output.isEmpty == (words != nil))
      }
      try expect(["--output", "run"] + settings + ["--batch-size", "50"], "batch_size 100, asked for is 50")
      try expect(["--output", "run"] + settings + ["--epochs", "1"], "the run in it is complete, after 1 epoch;")
      try expect(["--output", "run"] + settings + ["--epochs", "2"], nil)
      let axes = ["--l2", "0,1"]
      try expect(["--sweep", "--output", "run"] + settings + axes, "there is a training run in it")
      let made = try BuiltProgram.run(
        ["sweep", "--output", "sweep", "--no-report", "--quiet", "--epochs", "1"] + settings.dropFirst() + axes,
        in: run.folder)
      try #require(made.status == 0, "\(made.errors)")
      try expect(["--output", "sweep"] + settings, "there is a sweep in it")
      let files = ["a": "[Flatten, {Dense: {units: 10, activation: softmax}}]"]
      for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: run.folder("\(name).yaml"))) }
      let sweep = ["--sweep", "--output", "sweep"] + settings + axes
      try expect(sweep + ["--epochs", "1"], nil)
      try expect(sweep + ["--epochs", "2"], "another sweep in it: epochs is 1 there and 2 here; use another")
      try expect(
        sweep + ["--epochs", "1", "--model", "a.yaml"], "in it: model is 'digits' there and 'a' here; use another")
    }

    /// What cannot begin is said before it waits in a queue.
    @Test(
      .timeLimit(.minutes(1)),
      arguments: [
        (["slurm", "--nodes", "4"], 65, "32 ranks cannot share 8 virtual shards"),
        (["slurm", "--nodes", "0"], 64, "--nodes is 0"), (["pbs", "--time", "1m"], 64, "at least 5m"),
        (["slurm", "--time", "4"], 64, "--time is 4 min, expected at least 5m"),
        (["slurm", "--time", "1-"], 64, "--time is '1-'"), (["lsf", "--time", "1:2:3:4"], 64, "--time"),
        (["pbs", "--memory", "much"], 64, "--memory"), (["slurm", "--memory", "64"], 64, "with its unit: 64G"),
        (["lsf", "--memory", "68719476736"], 64, "--memory is '68719476736'"),
        (["slurm", "--memory", "64K"], 64, "64G"), (["pbs", "--memory", "0.01M"], 64, "64G"),
        (["slurm", "--memory", "-64G"], 64, "--memory is '-64G'"),
        (["slurm", "--time", "99:99"], 64, "--time is '99:99'"),
        (["slurm", "--time", "1:60:00"], 64, "--time"), (["slurm", "--time", "1:00:60"], 64, "--time"),
        (["slurm", "--time", "1-24"], 64, "--time"), (["slurm", "--time", "1-00:60"], 64, "--time"),
        (["slurm", "--time", "1-00:00:60"], 64, "--time"), (["slurm", "--nodes", "-1"], 64, "--nodes is -1"),
        (["slurm", "--", "--epochs", "-1"], 65, "epochs: expected a whole number from 1 up, found -1"),
        (["slurm", "--", "--lr", "3"], 64, "Usage: cnn-dist train "),
        (["slurm", "--sweep", "--", "--lr", "3"], 64, "Usage: cnn-dist sweep "),
        (["slurm", "--", "--initial-weights", "none.h5"], 66, "none.h5"),
        (["pbs", "--module", "a;b"], 64, "--module"),
        (["slurm", "--module", "a\nb"], 64, "--module"),
        (["lsf", "--directive", "--x\n#BSUB -q y"], 64, "--directive"),
        (["slurm", "--directive", "reboot"], 64, "--directive"),
        (["slurm", "--directive", "--x\u{2028}y"], 64, "on one line"),
        (["lsf", "--", "--set", "model=digits\n#BSUB -q y"], 64, "control characters"),
        (["slurm", "--", "--store", "none.h5"], 66, "none.h5"),
        (["slurm", "--", "--store", BuiltProgram.digits, "--model", "vgg16"], 65, "MaxPooling2D"),
        (["slurm", "--", "--store", BuiltProgram.digits, "--loss", "binary_crossentropy"], 65, "needs a last layer"),
        (
          ["slurm", "--sweep", "--parts", "50", "--output", "x", "--", "--l2", "0,1", "--store", BuiltProgram.digits],
          65,
          "--parts: 50 parts would share 2 trials; use at most 2"
        ),
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
