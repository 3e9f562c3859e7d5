import Checksums
import MPI

/// Checks that all ranks are alike in something that the result depends on.
enum ReplicaConsistency {
  /// Checks that all ranks run the same program with the same settings on the same data.
  ///
  /// To be called before any collective whose shape depends on them: ranks that part there would wait for ever.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Throws: ``ReplicaError`` that names the first rank that differs.
  static func check(_ configuration: TrainingConfiguration, storeFingerprint: String, on world: Communicator) throws {
    guard world.size > 1 else { return }
    let platform = Checkpoint.Platform.current
    try check(platform.program, "program version", on: world)
    try check(platform.oneDNN, "oneDNN version", on: world)
    try check(platform.instructionSet, "instruction set", on: world)
    try check(storeFingerprint, "store (its SHA-256)", on: world)
    let settings = SHA256.hexadecimal(of: Array(try configuration.yaml().utf8))
    try check(settings, "configuration (its SHA-256)", on: world)
  }

  /// Checks that all ranks have come to the same parameters, outside of a step.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Parameters:
  ///   - hash: of this rank's parameters.
  ///   - places: where each rank runs.
  ///   - updates: the updates made so far.
  /// - Throws: ``Desynchronization`` on every rank if one of them differs.
  static func check(
    parameters hash: UInt64, of places: [RankPlace], after updates: Int, _ configuration: TrainingConfiguration,
    on world: Communicator
  ) throws {
    guard configuration.checkEvery > 0, world.size > 1 else { return }
    let hashes = try world.allgather(Int(bitPattern: UInt(hash))).map { UInt64(UInt(bitPattern: $0)) }
    try Desynchronization.check(
      hashes, of: places, step: updates + 1, interval: updates % configuration.checkEvery + 1)
  }

  /// Checks one thing.
  ///
  /// Collective: every rank of `world` must call this.
  ///
  /// - Parameters:
  ///   - value: this rank's value, such as `AVX-512`.
  ///   - name: what it is, for the message.
  /// - Throws: ``ReplicaError`` on every rank if a rank's value is not that of rank 0.
  static func check(_ value: String, _ name: String, on world: Communicator) throws {
    let expected = try world.broadcast(value, from: 0)
    let odd = try world.allreduce(minimum: value == expected ? world.size : world.rank)
    guard odd < world.size else { return }
    let hosts = try RankPlace.all(of: world).map(\.host)
    throw ReplicaError(
      name: name, rank: odd, host: hosts[odd], found: try world.broadcast(value, from: odd), expected: expected,
      expectedHost: hosts[0])
  }
}

/// Ranks that differ in something that the result depends on.
public struct ReplicaError: Error, Sendable, CustomStringConvertible {
  /// What they differ in.
  public let name: String
  /// The first rank that differs from rank 0.
  public let rank: Int
  /// That rank's machine.
  public let host: String
  /// That rank's value.
  public let found: String
  /// Rank 0's value.
  public let expected: String
  /// Rank 0's machine.
  public let expectedHost: String

  /// What differs, where, and what to do.
  public var description: String {
    "ranks differ in the \(name): rank \(rank) (\(host)) has \(found), rank 0 (\(expectedHost)) has \(expected); "
      + "start all ranks with one program, on machines of one kind, with the same files"
  }
}
