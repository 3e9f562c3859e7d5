import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Models in forms that are not read.
@Suite struct ForeignModelTests {
  /// The first bytes of each, as the programs write them.
  @Test(arguments: [
    ("m.keras", "PK\u{3}\u{4} config.json", "keras.models.load_model('m.keras').save('m.h5')"),
    ("m.pt", "PK\u{3}\u{4} archive/data.pkl", "PyTorch"), ("m.npz", "PK\u{3}\u{4} kernel.npy", "NumPy"),
    ("m.tflite", "\u{1c}\0\0\0TFL3....", "TensorFlow Lite"), ("m.onnx", "\u{8}\u{8}", "ONNX"),
    ("m.pb", "\u{8}\u{1}", "TensorFlow"), ("m.h5", "", "empty"), ("m.h5", "\u{1}\0\u{2}", "neither an HDF5 file"),
    ("m.yaml", "layers: []", "no weights"), ("it's.keras", "PK\u{3}\u{4} config.json", "load_model('FILE')"),
  ]) func saysWhatItIs(name: String, content: String, words: String) throws {
    let folder = try TemporaryFolder()
    try Data(content.utf8).write(to: URL(filePath: folder(name)))
    let error = ForeignModel.error(about: Array(content.utf8), name)
    #expect(error.description.contains(words), "\(error)")
    #expect(throws: ConfigurationError.self) { try TrainedModel(file: folder(name)) }
  }

  @Test func folders() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ConfigurationError.self) { try TrainedModel(file: folder.path) }
    try Data().write(to: URL(filePath: folder("saved_model.pb")))
    for open in [{ _ = try TrainedModel(file: folder.path) }, { _ = try RunFolder.newestModel(at: folder.path) }] {
      let error = #expect(throws: ConfigurationError.self) { try open() }
      #expect(error?.description.contains("tf_keras.models.load_model(") == true, "\(error as Any)")
    }
  }

  /// Weights alone are no model.
  @Test func weightsOnly() throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    for name in ["keras_chain.weights.h5", "keras_chain_weights_only.h5"] {
      let error = #expect(throws: CheckpointError.self) {
        try TrainedModel(file: golden.appending(path: name).path(percentEncoded: false))
      }
      #expect(error?.description.contains("--initial-weights") == true, "\(error as Any)")
    }
  }
}
