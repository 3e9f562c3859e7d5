import FoundationEssentials
import MPI
import Training

/// What the checks look at: the ranks and what each has told, and for a full examination what they are to do.
struct Site {
  let world: Communicator
  /// What each rank has said about itself.
  let ranks: [RankFacts]
  /// The work ahead; nil at the start of a job, which finds out by itself.
  let work: PlannedWork?

  /// Asks all ranks.
  ///
  /// Collective: every rank of `world` must call this.
  init(_ world: Communicator, _ work: PlannedWork?) throws {
    self.world = world
    self.work = work
    ranks = try Self.gather(RankFacts.ofThisProcess(), on: world)
  }

  /// The hosts, each with its ranks, by the smallest rank.
  var hosts: [(name: String, ranks: [Int])] { Self.hosts(ranks) }

  static func hosts(_ ranks: [RankFacts]) -> [(name: String, ranks: [Int])] {
    Dictionary(grouping: ranks.indices) { ranks[$0].host }.map { ($0, $1) }.sorted { $0.ranks[0] < $1.ranks[0] }
  }

  /// The values of all ranks, on every rank.
  ///
  /// Collective: every rank must call this.
  func gather<T: Codable>(_ value: T) throws -> [T] { try Self.gather(value, on: world) }

  private static func gather<T: Codable>(_ value: T, on world: Communicator) throws -> [T] {
    // Lists of one: older decoders take no bare values.
    let parts = try world.gather(Array(JSONEncoder().encode([value])), to: 0)
    let all = try parts.flatMap { try JSONDecoder().decode([T].self, from: Data($0)) }
    let message = try world.broadcast(Array(JSONEncoder().encode(all)), from: 0)
    return try JSONDecoder().decode([T].self, from: Data(message))
  }

  /// `rank 3 (n2)`.
  func place(of rank: Int) -> String { "rank \(rank) (\(ranks[rank].host))" }
}

/// The training that a job is to do, as far as the doctor cares.
public struct PlannedWork: Sendable {
  /// Its settings, the same on every rank.
  public let configuration: TrainingConfiguration
  /// The folder that results are to be written to; it need not be there.
  public let output: String

  /// Describes it.
  public init(_ configuration: TrainingConfiguration, output: String) {
    self.configuration = configuration
    self.output = output
  }
}
