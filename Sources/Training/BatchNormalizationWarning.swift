import NeuralNetwork

extension EpochLayout {
  /// What to tell whoever trains `model` with this layout if batch normalisation has a single sample to normalise over;
  /// nil if that is not so.
  func batchNormalizationWarning(for model: ModelDescription) -> String? {
    let count = count(ofStep: 0)
    guard count < 2 * shards.count, normalizesBatches(model.layers, frozen: model.frozen) else { return nil }
    return "batch normalisation takes its means over each virtual shard's part of a batch; of \(count) samples for "
      + "\(shards.count) shards some part is a single one, from which a layer on inputs without height and width learns "
      + "nothing; use fewer virtual shards or a larger batch"
  }
}

/// Whether one of the layers, nested or not, normalises over the batch; frozen ones take the running means.
private func normalizesBatches(_ layers: [any Layer], frozen: Set<String>) -> Bool {
  layers.contains { layer in
    guard !frozen.contains(layer.name ?? "") else { return false }
    guard let layer = layer as? any BranchedLayer else { return layer is BatchNormalization }
    return layer.branches.contains { normalizesBatches($0.layers.layers, frozen: $0.layers.frozen) }
  }
}
