import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The batch scripts, as a user submits them: to Slurm on four hosts, and to what looks like PBS and LSF.
  @Suite(.enabled(if: Hosts.canBeMade && access("/usr/sbin/slurmctld", X_OK) == 0, "needs root, and Slurm"))
  struct SchedulerTests {
    private static let settings = ["--epochs", "60", "--checkpoint-every", "5", "--checkpoint-keep", "99"]
    private static let uninterrupted = Result { try FinishedRun(settings) }

    /// Copies a script as users do, with what they fill in.
    private func copy(_ name: String, to folder: TemporaryFolder, arguments: [String]) throws {
      let text = try String(contentsOfFile: Hosts.job(name), encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.hasPrefix("ARGUMENTS=(")
          ? "ARGUMENTS=(" + arguments.map { "'\($0)'" }.joined(separator: " ") + ")" : String(line)
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: folder(name)))
    }

    /// Functions of bash for tests: the state of a job, and waiting for one.
    private static let functions = """
      export OMPI_MCA_odls_base_sigkill_timeout=1
      state() { scontrol show job "$1" | grep -o 'JobState=[A-Z_]*' | head -n 1; }
      await() {
        local i
        for ((i = 0; i < 600; i++)); do
          [[ $(state "$1") =~ $2 ]] && return
          sleep 0.1
        done
        echo "job $1 is $(state "$1"), expected $2"
        cat *.log *.o* 2>/dev/null
        exit 1
      }
      """

    /// Trains, is asked to stop as before a time limit, is queued again, and ends with the bits of a run at one go.
    @Test(.timeLimit(.minutes(3))) func slurm() throws {
      let run = try TrainingRun()
      try copy("slurm.sbatch", to: run.folder, arguments: ["--store", BuiltProgram.digits, "--quiet"] + Self.settings)
      let script =
        Self.functions + """

          export OUTPUT=run
          id=$(sbatch --parsable --nodes=4 --ntasks-per-node=2 slurm.sbatch)
          until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
          scancel --batch --signal=USR1 "$id"
          await "$id" PENDING
          [[ ! -e run/done ]] || exit 3
          # Slurm gives out a job's rights by the second, and would let it wait two minutes.
          sleep 2
          scontrol update JobId="$id" StartTime=now
          await "$id" 'COMPLETED|FAILED'
          scontrol show job "$id"
          cat cnn-dist-*.log
          """
      let result = try Hosts.start(script, slurm: true, in: run.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      for words in [
        "JobState=COMPLETED", "Restarts=1", "start 1, 8 ranks", "asking the ranks to stop", "stopped early by SIGUSR1",
        "goes on in another job, restart 1 of 20", "start 2, 8 ranks", "train --output run --resume", "complete: run",
      ] {
        #expect(result.output.contains(words), "\(words): \(result.output)\(result.errors)")
      }
      try Self.uninterrupted.get().expectSameEnd(run)
    }

    /// What its user has cancelled does not come back, although it is not done.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func slurmCancelled() throws {
      let run = try TrainingRun()
      let forever = ["--store", BuiltProgram.digits, "--quiet", "--epochs", "100000", "--checkpoint-every", "5"]
      try copy("slurm.sbatch", to: run.folder, arguments: forever)
      let script =
        Self.functions + """

          export OUTPUT=run
          id=$(sbatch --parsable --nodes=2 --ntasks-per-node=2 slurm.sbatch)
          until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
          scancel "$id"
          while [[ -n $(squeue -h 2>/dev/null) ]]; do sleep 0.1; done
          scontrol show job "$id"
          cat cnn-dist-*.log
          """
      let result = try Hosts.start(script, slurm: true, in: run.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("JobState=CANCELLED"), "\(result.output)\(result.errors)")
      #expect(result.output.contains("Restarts=0"), "\(result.output)\(result.errors)")
    }

    /// What is wrong is not tried again.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func slurmWithAMistake() throws {
      let run = try TrainingRun()
      try copy("slurm.sbatch", to: run.folder, arguments: ["--store", "none.h5"])
      let script =
        Self.functions + """

          id=$(OUTPUT=run sbatch --parsable --nodes=2 --ntasks-per-node=1 slurm.sbatch)
          await "$id" 'COMPLETED|FAILED'
          scontrol show job "$id"
          cat cnn-dist-*.log
          """
      let result = try Hosts.start(script, slurm: true, in: run.folder).wait()
      #expect(result.output.contains("ExitCode=66:0"), "\(result.output)\(result.errors)")
      #expect(result.output.contains("exit code 66: the message above says why"), "\(result.output)")
      #expect(result.output.components(separatedBy: "start 1, ").count == 2, "\(result.output)")
    }

    /// A sweep as an array of two jobs: each trial once, with the numbers of a sweep at one go.
    @Test(.timeLimit(.minutes(3))) func slurmArray() throws {
      let flags = [
        "--learning-rate", "0.01,0.1", "--l2", "0,0.001,0.01", "--epochs", "2", "--store", BuiltProgram.digits,
      ]
      let (whole, parts) = (try SweepRun(), try SweepRun())
      try SweepRun(folder: whole.folder, arguments: whole.arguments + flags).run(ranks: 2, "--quiet")
      try copy("slurm.sbatch", to: parts.folder, arguments: ["--quiet"] + flags)
      let script =
        Self.functions + """

          export COMMAND=sweep PARTS=2 OUTPUT=sweep
          id=$(sbatch --parsable --array=1-2 --nodes=2 --ntasks-per-node=2 slurm.sbatch)
          for ((i = 0; i < 600; i++)); do
            [[ -e sweep/part-1-of-2.done && -e sweep/part-2-of-2.done ]] && break
            sleep 0.1
          done
          while [[ -n $(squeue -h -j "$id" 2>/dev/null) ]]; do sleep 0.1; done
          cat cnn-dist-*.log
          """
      let result = try Hosts.start(script, slurm: true, in: parts.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.components(separatedBy: "complete: sweep").count == 3, "\(result.output)\(result.errors)")
      #expect(try parts.results() == whole.results())
    }

    /// A node that is lost: Slurm queues the job again by itself.
    ///
    /// It notices after SlurmdTimeout, 10 s here.
    @Test(.timeLimit(.minutes(4)), .enabled(if: isNightly)) func slurmLosesANode() throws {
      let run = try TrainingRun()
      try copy("slurm.sbatch", to: run.folder, arguments: ["--store", BuiltProgram.digits, "--quiet"] + Self.settings)
      let script =
        Self.functions + """

          export OUTPUT=run
          id=$(sbatch --parsable --nodes=3 --ntasks-per-node=2 slurm.sbatch)
          until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
          kill -9 "$(cat "$HOSTS/pid/n2")"
          for ((i = 0; i < 180; i++)); do
            [[ -e run/done ]] && break
            if [[ $(state "$id") =~ PENDING ]]; then scontrol update JobId="$id" StartTime=now || true; fi
            sleep 1
          done
          await "$id" COMPLETED
          cat cnn-dist-*.log
          """
      let result = try Hosts.start(script, slurm: true, in: run.folder, timeout: 200).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("start 2, 6 ranks"), "\(result.output)\(result.errors)")
      #expect(result.output.contains("complete: run"), "\(result.output)\(result.errors)")
      try Self.uninterrupted.get().expectSameEnd(run)
    }

    /// PBS has no warning, so the program looks at the clock; the script submits itself again.
    @Test(.timeLimit(.minutes(3)), .enabled(if: isNightly)) func pbs() throws {
      let run = try TrainingRun()
      try copy("pbs.sh", to: run.folder, arguments: ["--store", BuiltProgram.digits, "--quiet"] + Self.settings)
      // Two minutes are kept for the end, and Slurm's qsub takes no other nodes than these.
      let script =
        Self.functions + """

          # In the first job the time is over for one of the ranks after a step.
          cat >program <<'EOS'
          #!/bin/bash
          mkdir started 2>/dev/null && exec "PROGRAM" "$@" --deadline 0s
          exec "PROGRAM" "$@"
          EOS
          sed -i "s|PROGRAM|$PROGRAM|" program
          chmod +x program
          export OUTPUT=run TIME=00:10:00 PROGRAM=$PWD/program
          sed -i 's/select=.*/select=4:ncpus=2:mpiprocs=2/' pbs.sh
          qsub pbs.sh
          for ((i = 0; i < 600; i++)); do [[ -e run/done ]] && break; sleep 0.1; done
          while [[ -n $(squeue -h) ]]; do sleep 0.1; done
          cat *.o* *.e*
          """
      let result = try Hosts.start(
        script, slurm: true, environment: ["TASK_PROLOG": Hosts.file("other-schedulers.sh")], in: run.folder
      ).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      for words in [
        "start 1, 8 ranks", "stopped early by the deadline", "restart 1 of 20", "start 2, 8 ranks",
        "complete: run",
      ] {
        #expect(result.output.contains(words), "\(words): \(result.output)\(result.errors)")
      }
      try Self.uninterrupted.get().expectSameEnd(run)
    }

    /// LSF queues again what exits with 99.
    ///
    /// What it would do, the test does; Slurm reads #BSUB lines, but not all.
    @Test(.timeLimit(.minutes(3)), .enabled(if: isNightly)) func lsf() throws {
      let run = try TrainingRun()
      try copy("lsf.sh", to: run.folder, arguments: ["--store", BuiltProgram.digits, "--quiet"] + Self.settings)
      let script =
        Self.functions + """

          export OUTPUT=run
          sed -i '/^#BSUB -\\(R\\|wa\\|Q\\|r\\|W\\)/d; s/^#BSUB -n.*/#BSUB -n 8/' lsf.sh
          id=$(sbatch --parsable lsf.sh)
          until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
          scancel --batch --signal=USR1 "$id"
          await "$id" 'FAILED|COMPLETED'
          scontrol show job "$id" | grep ExitCode=
          id=$(sbatch --parsable lsf.sh)
          await "$id" 'FAILED|COMPLETED'
          cat *.log
          """
      let result = try Hosts.start(
        script, slurm: true, environment: ["TASK_PROLOG": Hosts.file("other-schedulers.sh")], in: run.folder
      ).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      for words in ["ExitCode=99:0", "stopped early by SIGUSR1", "start 2, 8 ranks", "complete: run"] {
        #expect(result.output.contains(words), "\(words): \(result.output)\(result.errors)")
      }
      try Self.uninterrupted.get().expectSameEnd(run)
    }
  }

  /// The scripts as texts.
  @Suite struct ScriptTests {
    @Test(.enabled(if: access("/usr/bin/shellcheck", X_OK) == 0, "needs shellcheck")) func shellcheck() throws {
      let folder = URL(filePath: Hosts.job("")).path(percentEncoded: false)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      let cluster = try FileManager.default.contentsOfDirectory(atPath: Hosts.file("")).map { Hosts.file($0) }
      let result = try MPIRun(
        command: ["shellcheck", "-x"] + names.map { "jobs/\($0)" } + cluster, in: folder + "/.."
      ).wait()
      #expect(result.status == 0, "\(result.output)")
    }

    /// Runs lsf.sh on this machine, which is in the job's list once for each rank.
    private func runLSF(ranks: Int, _ script: String, in folder: TemporaryFolder) throws -> MPIRun.Result {
      try Data(String(repeating: "localhost\n", count: ranks).utf8).write(to: URL(filePath: folder("hosts")))
      let settings = [
        "PROGRAM": BuiltProgram.path(of: "cnn-dist"), "STORE": BuiltProgram.digits, "SCRIPT": Hosts.job("lsf.sh"),
        "LSB_JOBID": "1", "LSB_DJOB_HOSTFILE": "hosts", "OUTPUT": "run", "OMPI_MCA_odls_base_sigkill_timeout": "1",
      ]
      let clean = ["env", "-u", "OMPI_MCA_rmaps_base_oversubscribe", "-u", "OMPI_MCA_rmaps_base_mapping_policy"]
      return try MPIRun(command: clean + ["bash", "-uc", script], environment: settings, in: folder.path).wait()
    }

    /// More ranks than cores, as on a machine for trying things out.
    @Test(.timeLimit(.minutes(1))) func sharedCores() throws {
      let folder = try TemporaryFolder()
      let ranks = ProcessInfo.processInfo.processorCount + 1
      let script = """
        sed "s|^ARGUMENTS=.*|ARGUMENTS=(--virtual-shards $RANKS --store '$STORE' --quiet --epochs 1)|" "$SCRIPT" >job
        SHARED_CORES=1 bash job
        """
      let result = try runLSF(ranks: ranks, "RANKS=\(ranks)\n" + script, in: folder)
      #expect(result.status == 0 && result.output.contains("complete: run"), "\(result.output)\(result.errors)")
    }

    /// A scheduler may send the signal to mpirun too, which has then ended before the script's own trap has.
    @Test(.timeLimit(.minutes(1))) func exitCodeDuringATrap() throws {
      let folder = try TemporaryFolder()
      let script = """
        mkdir slow
        printf '#!/bin/sh\n[ -e signalled ] && rm signalled && sleep 4\nexec /bin/date "$@"\n' >slow/date
        chmod +x slow/date
        sed "s|^ARGUMENTS=.*|ARGUMENTS=(--store '$STORE' --quiet --epochs 100000 --checkpoint-every 5)|" "$SCRIPT" >job
        PATH=$PWD/slow:$PATH bash job &
        until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
        touch signalled
        pkill -USR1 -P $! mpirun
        kill -USR1 $!
        wait $!
        """
      let result = try runLSF(ranks: 1, script, in: folder)
      #expect(result.status == 99, "\(result.output)\(result.errors)")
      #expect(result.output.contains("stopped early, with all that is done"), "\(result.output)\(result.errors)")
    }

    /// Each is complete in itself; what all have in common is the same.
    @Test func commonPart() throws {
      let parts = try ["slurm.sbatch", "pbs.sh", "lsf.sh"].map { name in
        let text = try String(contentsOfFile: Hosts.job(name), encoding: .utf8)
        return try #require(text.components(separatedBy: "# From here on the same in ").last)
      }
      #expect(parts[0].count > 1000 && parts[0] == parts[1] && parts[0] == parts[2])
    }
  }
}
