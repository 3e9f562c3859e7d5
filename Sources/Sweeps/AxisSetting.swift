import NeuralNetwork
import Training

extension Axis {
  /// Where somebody may look for a setting by its last part: what a run file has, and what layers have.
  private static let known =
    TrainingConfiguration.settings + TrainingConfiguration.innerSettings
    + ["units", "filters", "kernel_size", "strides", "pool_size", "activation", "rate", "padding"].map { "model.\($0)" }

  /// Makes sure that the path begins with a setting, and that its values can follow each other.
  ///
  /// - Throws: `ConfigurationError` that names what may have been meant.
  func requireSetting() throws(ConfigurationError) {
    let first = setting.split(separator: ".").first.map(String.init) ?? ""
    guard TrainingConfiguration.settings.contains(first) else {
      // What a layer has is no setting, but may be an axis.
      let advice =
        setting.lowercased().hasPrefix("drop")
        ? "'\(setting)' is 'model.rate' here, for a model with layers such as Dropout: {rate: 0.5}"
        : Meaning(of: setting, among: Self.known)?.advice(about: setting)
      throw ConfigurationError(
        "unknown setting '\(setting)'", at: "axis \(setting)",
        advice: advice ?? "known: \(TrainingConfiguration.settings.sorted().joined(separator: ", "))")
    }
    // The settings that belong to one of these mean nothing to another.
    guard setting != "optimizer.name", setting != "schedule.name", setting != "loss.name" else {
      throw ConfigurationError(
        "each \(first) has settings of its own, which its name alone would leave to the others", at: "axis \(setting)",
        advice: "vary it as a whole: --axis \(first)=NAME,NAME or --axis '\(first)=[{name: NAME, …}, {name: NAME, …}]'")
    }
  }
}
