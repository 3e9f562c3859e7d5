/// The setting that both cross-entropies have: whether the network's outputs are logits.
struct CrossentropySettings: Codable {
  let fromLogits: Bool

  init(_ fromLogits: Bool) { self.fromLogits = fromLogits }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits = "from_logits" }

  init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
    fromLogits = try container.decodeIfPresent(Bool.self, forKey: .fromLogits) ?? false
  }

  /// Nothing where it has its default: settings that change nothing are none.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if fromLogits { try container.encode(true, forKey: .fromLogits) }
  }

  /// Checks that outputs that are said to be logits are not probabilities already.
  static func check(
    logitsOf activation: Activation, isNot probabilities: Activation, _ kind: String
  ) throws(ConfigurationError) {
    guard activation == probabilities else { return }
    throw ConfigurationError(
      "\(kind) is to take logits, but the last layer has activation \(activation)", at: "loss",
      advice: "use --loss \(kind), which takes the logits before that activation by itself")
  }

  /// What else to do where the last layer has no activation.
  static func advice(on activation: Activation) -> String {
    activation == .linear ? ", or say that its outputs are logits: --set loss.from_logits=true" : ""
  }
}
