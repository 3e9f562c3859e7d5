import Foundation
import TestSupport
import Testing

/// Several hosts on this machine, made of namespaces: see Fixtures/Cluster/hosts.sh.
enum Hosts {
  /// Whether this user may make them.
  static let canBeMade = getuid() == 0 && access("/usr/sbin/ip", X_OK) == 0
  /// Why tests are skipped where it may not.
  static let reason: Comment = "hosts of network namespaces need root, and iproute2"

  /// The files that make a cluster.
  static func file(_ name: String) -> String { fixture("Cluster/\(name)") }

  /// The scripts for users.
  static func job(_ name: String) -> String {
    URL(filePath: BuiltProgram.digits).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "jobs/\(name)").path(percentEncoded: false)
  }

  /// Starts a bash script beside four hosts; it has the program as `$PROGRAM` and the digits as `$STORE`.
  static func start(
    _ script: String, slurm: Bool = false, environment: [String: String] = [:], in folder: TemporaryFolder,
    timeout: Int = 90
  ) throws -> MPIRun {
    let slurm = slurm ? ["bash", file("slurm.sh"), "2"] : []
    // What tests on one machine need would hide what hosts have.
    let clean = ["env", "-u", "OMPI_MCA_rmaps_base_oversubscribe", "-u", "OMPI_MCA_rmaps_base_mapping_policy"]
    return try MPIRun(
      command: clean + ["bash", file("hosts.sh"), "4"] + slurm + ["bash", "-euc", script],
      environment: [
        "OMPI_MCA_orte_execute_quiet": "0", "PROGRAM": BuiltProgram.path(of: "cnn-dist"), "STORE": BuiltProgram.digits,
        "FILES": file(""),
      ]
      .merging(environment) { $1 }, in: folder.path, timeout: timeout)
  }
}
