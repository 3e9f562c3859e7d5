import NeuralNetwork

/// How the run computes that a file comes from: what decides the bits of an evaluation besides the weights.
///
/// A file of no run has the defaults.
public struct SavedSettings: Sendable, Equatable {
  /// Which convolution algorithms the run chooses from.
  public var convolution: ConvolutionKernels
  /// The run's units of work.
  public var virtualShards: Int

  private init(_ configuration: TrainingConfiguration) {
    convolution = configuration.convolution
    virtualShards = configuration.virtualShards
  }

  /// Reads them from a checkpoint's settings; files of Keras have none.
  ///
  /// - Throws: ``ConfigurationError`` if a setting is not known here.
  static func read(from texts: SavedTexts) throws -> SavedSettings {
    guard let text = texts.configuration else { return SavedSettings(TrainingConfiguration()) }
    let place = "\(texts.file), configuration"
    let tree = try ConfigurationTree(yaml: text, from: place)
    var asked = ConfigurationTree()
    for key in ["convolution", "virtual_shards"] { if let value = tree.value(at: key) { asked.set(key, to: value) } }
    do {
      return SavedSettings(try asked.decode(TrainingConfiguration.self))
    } catch var error as ConfigurationError {
      error.stands(in: place)
      throw error
    }
  }
}
