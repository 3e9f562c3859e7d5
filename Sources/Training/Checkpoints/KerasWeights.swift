import HDF5
import Numerics

/// The weights in a file of Keras, as `layer_names` and each layer's `weight_names` list them: in the order of the model.
struct KerasWeights {
  /// A layer's weights as the file has them.
  struct Layer {
    /// Its name: that of its group or, within a nested model, the last but one part of its weights' names.
    let name: String
    /// Where its weights are, in Keras' order.
    var paths: [String]
    /// Their names within the layer: `kernel`, `bias`.
    var weights: [String]

    /// Whether they are what `Normalization.adapt` has found: settings here, no parameters.
    var areStatistics: Bool { weights == ["mean", "variance", "count"] }
  }

  /// The layers that have weights.
  let layers: [Layer]

  /// Reads the names below `root`; empty if there are none.
  ///
  /// A nested model has one group, whose weights are those that are trained and then those that are not: so they are told
  /// apart by name.
  init(of file: borrowing File, in root: String) throws {
    let group = root.isEmpty ? "/" : root
    var layers: [Layer] = []
    if try file.exists(group), try file.hasAttribute("layer_names", of: group) {
      for name in try file.attribute("layer_names", of: group, as: [String].self) {
        layers += Self.layers(
          of: try Self.weightNames(of: file, root.isEmpty ? name : "\(root)/\(name)"), in: name, root)
      }
    }
    self.layers = layers
  }

  /// The layer of that name, if it has weights.
  func layer(named name: String) -> Layer? { layers.first { $0.name == name } }

  /// The numbers of one weight.
  static func numbers(in dataset: borrowing Dataset) throws(HDF5Error) -> [Float] {
    try dataset.canHoldBFloat16 ? dataset.bfloat16Values() : dataset.values(as: Float.self)
  }

  // Keras writes an empty list of names as an array of no numbers.
  private static func weightNames(of file: borrowing File, _ group: String) throws -> [String] {
    (try? file.attribute("weight_names", of: group, as: [String].self)) ?? []
  }

  private static func layers(of weights: [String], in group: String, _ root: String) -> [Layer] {
    var layers: [(owner: String?, layer: Layer)] = []
    for weight in weights {
      let parts = Path.parts(of: weight)
      let owner = parts.dropLast().last
      let path = (root.isEmpty ? "" : "\(root)/") + "\(group)/\(weight)"
      let name = String((parts.last ?? "").prefix { $0 != ":" })
      if let place = layers.firstIndex(where: { $0.owner == owner }) {
        layers[place].layer.paths.append(path)
        layers[place].layer.weights.append(name)
      } else {
        layers.append((owner, Layer(name: owner ?? group, paths: [path], weights: [name])))
      }
    }
    guard layers.count == 1 else { return layers.map(\.layer) }
    return layers.map { Layer(name: group, paths: $0.layer.paths, weights: $0.layer.weights) }
  }
}
