import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Eight ranks on four hosts, with a network between them that can be slow, lossy or gone.
  @Suite(.enabled(if: Hosts.canBeMade, Hosts.reason)) struct HostTests {
    /// What one host yields.
    private static let uninterrupted = Result { try FinishedRun("--epochs", "4") }

    private static let train =
      #"mpirun -n 8 "$PROGRAM" train --store "$STORE" --output run"#

    private func expectToTrain(_ setUp: String) throws {
      let run = try TrainingRun()
      let result = try Hosts.start("\(setUp)\n\(Self.train) --epochs 4", in: run.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("ranks   8 on 4 nodes"), "\(result.output)")
      try Self.uninterrupted.get().expectSameEnd(run)
    }

    @Test(.timeLimit(.minutes(2))) func sameBits() throws { try expectToTrain("") }

    /// Groups of a sweep on several hosts take their trials from one counter.
    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func sweep() throws {
      let flags = ["--learning-rate", "0.01,0.1", "--l2", "0,0.001,0.01", "--epochs", "2", "--quiet"]
      let (one, four) = (try SweepRun(), try SweepRun())
      try SweepRun(folder: one.folder, arguments: one.arguments + flags).run(ranks: 2)
      let command = (four.arguments + flags + ["--ranks-per-trial", "2"]).joined(separator: " ")
      let result = try Hosts.start(#"mpirun -n 8 "$PROGRAM" \#(command)"#, in: four.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(try four.results() == one.results())
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: isNightly)) func slowNetwork() throws {
      try expectToTrain(
        """
        for i in 1 2 3 4; do
          "$HOSTS/on" n$i 'tc qdisc replace dev eth0 root tbf rate 100mbit burst 128kb latency 100ms'
        done
        """)
    }

    /// One packet of twenty is lost on its way to a host.
    @Test(
      .timeLimit(.minutes(2)), .enabled(if: isNightly && access("/usr/sbin/nft", X_OK) == 0, "nightly; needs nftables"))
    func lossyNetwork() throws {
      try expectToTrain(
        """
        for i in 1 2 3 4; do
          "$HOSTS/on" n$i "nft add table inet t; nft add chain inet t c '{ type filter hook input priority 0; }'; \
        nft add rule inet t c iifname eth0 numgen random mod 100 '<' 5 drop"
        done
        """)
    }

    /// The machine is gone at once, or only its cable: the job ends in seconds, says that a machine is lost, and goes on.
    @Test(
      .timeLimit(.minutes(2)),
      arguments: [("cable", "ip link set v3 down")]
        + (isNightly ? [("crash", #"kill -9 "$(cat "$HOSTS/pid/n3")""#)] : []))
    func hostIsLost(name: String, fault: String) throws {
      let run = try TrainingRun("--checkpoint-every", "10 steps")
      let script = """
        source <(grep '^export OMPI_MCA_oob' '\(Hosts.job("slurm.sbatch"))')
        \(Self.train) --epochs 100000 --checkpoint-every '10 steps' --quiet &
        until ls run/checkpoints/*.h5 >/dev/null 2>&1; do sleep 0.05; done
        sleep 0.3
        begin=$(date +%s)
        \(fault)
        code=0
        wait $! || code=$?
        echo "ended with $code after $(($(date +%s) - begin)) s"
        """
      let result = try Hosts.start(script, in: run.folder).wait()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      let end = try #require(result.output.firstMatch(of: /ended with (\d+) after (\d+) s/), "\(result.output)")
      #expect(Int(end.1) ?? 0 > 0)
      print("\(name): ended with \(end.1) after \(end.2) s")
      // 10 + 3 × 3 s without a sign of life, and what a busy machine adds.
      #expect(Int(end.2) ?? .max < 40, "\(result.output)")
      #expect(result.errors.contains("n3") || result.errors.contains("daemon"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: run.path("done")))
      let epochs = "\(run.newestCheckpoint / 15 + 2)"
      let reference = try FinishedRun("--checkpoint-every", "10 steps", "--epochs", epochs)
      try run.train(ranks: 3, "--resume", "--epochs", epochs)
      try reference.expectSameEnd(run)
    }
  }
}
