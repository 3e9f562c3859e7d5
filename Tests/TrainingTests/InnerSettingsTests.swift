import FoundationEssentials
import NeuralNetwork
import Testing

@testable import Training

@Suite struct InnerSettingsTests {
  /// Whoever looks for a setting of an optimizer by its name alone finds it, also that of one that comes later.
  @Test func everySettingOfOptimizers() throws {
    for type in OptimizerRegistry.types {
      let choice = try ConfigurationValue.string(type.kind).decode(Choice<OptimizerRegistry>.self)
      let written = try JSONDecoder().decode(ConfigurationValue.self, from: JSONEncoder().encode(choice))
      guard case .mapping(let settings) = written else { continue }
      for key in settings.keys where key != "name" {
        #expect(TrainingConfiguration.innerSettings.contains("optimizer.\(key)"), "\(type.kind)")
      }
    }
  }

  @Test(arguments: [
    ("lr: 1", "unknown key 'lr'; 'lr' is 'optimizer.learning_rate' here"),
    ("momentum: 1", "unknown key 'momentum'; 'momentum' is 'optimizer.momentum' here"),
    ("weight_decay: 1", "unknown key 'weight_decay'; weight decay is a setting of the optimizers adamw and lars: "),
    ("patience: 1", "'patience' is 'early_stopping.patience' here"), ("bs: 1", "'bs' is 'batch_size' here"),
    ("optimizer: {name: sgd, lr: 1}", "optimizer: unknown key 'lr'; 'lr' is 'learning_rate' here"),
    ("dropout: 0.5", "dropout is a layer of the model"), ("colour: 1", "unknown key 'colour'; known keys: "),
  ])
  func keysOfOthers(yaml: String, words: String) {
    #expect {
      _ = try ConfigurationTree(yaml: yaml, from: "run.yaml").decode(TrainingConfiguration.self)
    } throws: {
      "\($0)".contains(words)
    }
  }

  /// Simple fractions are numbers wherever a number is.
  @Test func fractions() throws {
    let yaml = """
      optimizer: {name: sgd, learning_rate: 1/8, momentum: 1./2}
      l2: 1/4
      augmentation: {width_shift_range: 1/10, zoom_range: [1/2, 2]}
      model: [{Rescaling: {scale: 1./255, offset: -1/2}}, {Normalization: {mean: [1/2], variance: 1/4}}, Flatten]
      """
    let settings = try ConfigurationTree(yaml: yaml, from: "run.yaml").decode(TrainingConfiguration.self)
    #expect(settings.optimizer.value.learningRate == 0.125 && settings.l2 == 0.25)
    let layers = try settings.modelDescription().layers
    let rescaling = try #require(layers.first as? Rescaling)
    #expect(rescaling.scale == 1 / 255.0 && rescaling.offset == -0.5)
    #expect((layers[1] as? Normalization)?.mean == [0.5] && (layers[1] as? Normalization)?.variance == [0.25])
    let written = try ConfigurationTree(yaml: settings.yaml(), from: "again")
    #expect(written.value(at: "augmentation.width_shift_range") == .double(0.1))
  }

  @Test func whatIsNoFraction() {
    for yaml in ["l2: 1/0", "l2: a/b", "epochs: 10/2", "l2: '1/2/3'"] {
      #expect(throws: ConfigurationError.self) {
        _ = try ConfigurationTree(yaml: yaml, from: "run.yaml").decode(TrainingConfiguration.self)
      }
    }
  }
}
