import NeuralNetwork

extension EpochLayout {
  /// What to tell whoever trains `model` with this layout if batch normalisation has a single sample to normalise over;
  /// nil if that is not so.
  func batchNormalizationWarning(for model: ModelDescription) -> String? {
    let count = count(ofStep: 0)
    guard count < 2 * shards.count, model.layers.contains(where: { normalizesBatches($0, of: model) }) else {
      return nil
    }
    return "batch normalisation takes its means over one virtual shard's part of a batch, and \(count) samples "
      + "among \(shards.count) shards leave a part of one: of a single sample without height and width nothing is left, "
      + "and nothing is learned from it; use fewer virtual shards or a larger batch (--virtual-shards, --batch-size)"
  }
}

/// Frozen layers take the running means.
private func normalizesBatches(_ layer: any Layer, of model: ModelDescription) -> Bool {
  !model.frozen.contains(layer.name ?? "") && hasBatchNormalization(layer)
}

private func hasBatchNormalization(_ layer: any Layer) -> Bool {
  guard let layer = layer as? any BranchedLayer else { return layer is BatchNormalization }
  return layer.branches.contains { $0.layers.layers.contains(where: hasBatchNormalization) }
}
