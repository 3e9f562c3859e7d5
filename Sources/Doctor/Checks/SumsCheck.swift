import Datasets
import MPI
import NeuralNetwork
import Numerics
import Training

/// Whether the reduction adds right, with vectors as long as the network's, and goes through shared memory.
enum SumsCheck: Check {
  static let name = "sums"
  static let isQuick = false

  static func examine(_ site: Site) throws -> Verdict {
    guard let settings = site.work?.configuration else { return Verdict("not checked") }
    let floats = try site.gather(try? NetworkSize(settings).learning).compactMap { $0 }.max() ?? 1 << 16
    let shards = try VirtualShards(count: settings.virtualShards, ranks: site.world.size)
    let reduction = try TreeAllreduce(
      world: site.world, shards: shards, floats: floats, doubles: 64, method: settings.allreduce)
    let path = reduction.path
    let errors = try site.gather(try firstError(reduction, shards, site.world))
    try reduction.free()

    var findings: [Finding] = []
    for (rank, error) in errors.enumerated() {
      guard let error else { continue }
      findings.append(
        .error(
          .machine, "\(site.place(of: rank)) got a wrong sum by \(path): \(error)",
          why: "the network would be trained with wrong gradients",
          cure: "try another way, --allreduce tree-messages or mpi; have the memory and network of the host tested"))
    }
    if let hindrance = hindrance(path) { findings.append(hindrance) }
    return Verdict("\(Text.grouped(floats)) numbers added over \(shards.count) shards by \(path): right", findings)
  }

  /// The finding if shared memory was wanted and could not be had: the path says why.
  static func hindrance(_ path: String) -> Finding? {
    guard path.hasPrefix("messages (") else { return nil }
    return .warning(
      "gradients go by \(path.dropLast()))",
      why: "the bits are the same, but on one host messages take several times as long as shared memory",
      cure: "make it larger: mount -o remount,size=1G /dev/shm (containers: docker run --shm-size=1g), or another "
        + "folder in memory: mpirun --mca osc_sm_backing_directory FOLDER …")
  }

  /// Adds numbers whose sums are known and exact; says where the first sum is wrong.
  private static func firstError(
    _ reduction: TreeAllreduce, _ shards: VirtualShards, _ world: Communicator
  ) throws -> String? {
    // Whole numbers below 2²⁴: exact in any order.
    func value(_ shard: Int, _ place: Int, _ round: Int) -> Int { ((shard + round) % 16 + 1) * (place % 61 + 1) }
    var error: String?
    for round in 0..<3 {
      for shard in shards.range(ofRank: world.rank, of: world.size) {
        let slot = reduction.slot
        for place in slot.floats.indices { slot.floats[place] = Float(value(shard, place, round)) }
        for place in slot.doubles.indices { slot.doubles[place] = Double(value(shard, place, round)) }
        reduction.add()
      }
      let total = try reduction.reduce()
      let weight = (0..<shards.count).reduce(0) { $0 + value($1, 0, round) }
      func compare(_ found: Double, _ place: Int) {
        let expected = weight * (place % 61 + 1)
        if error == nil, found != Double(expected) { error = "number \(place) is \(found), expected \(expected)" }
      }
      for place in total.floats.indices { compare(Double(total.floats[place]), place) }
      for place in total.doubles.indices { compare(total.doubles[place], place) }
    }
    return error
  }
}

/// How many numbers a network has.
struct NetworkSize {
  /// Those that every step computes and ranks add.
  let learning: Int
  /// All of them, as a checkpoint holds them.
  let parameters: Int
  /// Those that the optimizer changes.
  let trainable: Int

  /// Opens the store for the shape of the images.
  init(_ settings: TrainingConfiguration) throws {
    let images = try ImageStore(opening: settings.storeSelection).split(.train)
    let table = try settings.modelDescription().parameterTable(for: Shape(images.imageShape))
    learning = table.learningSlabCount
    parameters = table.parameterCount
    trainable = table.trainableCount
  }
}
