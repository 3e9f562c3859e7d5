import FoundationEssentials
import OneDNN

/// Networks with their compiled plans, for trainings one after the other that differ in nothing that plans depend on.
///
/// Penalties, learning rate, optimizer and seed may differ. A network belongs to one training at a time: asking for the same
/// layers again restarts it. Belongs to the thread that made it.
public final class NetworkCache {
  private let engine: Engine
  private let capacity: Int
  /// The one used last is the last.
  private var networks: [(key: Key, network: Network)] = []

  /// What plans depend on.
  private struct Key: Equatable {
    let layers: [UInt8]
    let input: Shape
    let targets: TargetKind?
    let convolution: ConvolutionKernels
  }

  /// No network yet.
  ///
  /// - Parameter capacity: how many are kept; the memory of one that is not used for longest is given back.
  public init(capacity: Int = 2) throws {
    self.capacity = capacity
    engine = try Engine()
  }

  /// The network of these settings, restarted if it was compiled before.
  ///
  /// - Throws: what `Network.init` throws.
  public func network(
    _ model: ModelDescription, input: Shape, loss: any Loss, optimizer: any Optimizer, targets: TargetKind?,
    seed: UInt64, convolution: ConvolutionKernels
  ) throws -> Network {
    let key = Key(
      layers: try Self.form(of: model, loss), input: input, targets: targets, convolution: convolution)
    if let place = networks.firstIndex(where: { $0.key == key }) {
      let known = networks.remove(at: place)
      networks.append(known)
      try known.network.restart(model, optimizer: optimizer, seed: seed)
      return known.network
    }
    let network = try Network(
      model, input: input, loss: loss, optimizer: optimizer, targets: targets, seed: seed, convolution: convolution,
      on: engine)
    networks.append((key, network))
    if networks.count > capacity { networks.removeFirst() }
    return network
  }

  /// Layers without their penalties, which of them are frozen, and the loss.
  private static func form(of model: ModelDescription, _ loss: any Loss) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let layers = try model.layers.map { try encoder.encode(Choice<LayerRegistry>($0.withoutPenalties)) }
    let frozen = try encoder.encode(model.frozen.sorted())
    return Array((layers + [frozen, try encoder.encode(Choice<LossRegistry>(loss))]).joined(separator: [0]))
  }
}
