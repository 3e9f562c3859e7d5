import Glibc
import HDF5
import NeuralNetwork
import Numerics

/// Models and weights in other forms than are read: what they are, and how they become what is read.
enum ForeignModel {
  /// Whether the bytes are an HDF5 file's: its signature stands at the start, or at 512 bytes times a power of two.
  static func isHDF5(_ bytes: [UInt8]) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var start = 0
    while start + signature.count <= bytes.count {
      if bytes[start..<start + signature.count].elementsEqual(signature) { return true }
      start = start == 0 ? 512 : start * 2
    }
    return false
  }

  /// The error about a file of these bytes that was to be an HDF5 file with a model or weights.
  static func error(about bytes: [UInt8], _ path: String) -> ConfigurationError {
    let (what, advice) = description(of: bytes, named: path.lowercased(), path)
    return ConfigurationError(what, at: path, advice: advice)
  }

  /// The error about a file that is not even text, if that is what it is.
  static func errorUnlessText(_ bytes: [UInt8], _ path: String) -> ConfigurationError? {
    let suffixes = [
      ".keras", ".pb", ".onnx", ".tflite", ".pt", ".pth", ".ckpt", ".safetensors", ".npz", ".pkl", ".py",
      ".ipynb",
    ]
    let isForeign = suffixes.contains { path.lowercased().hasSuffix($0) }
    return isForeign || bytes.contains(0) ? error(about: bytes, path) : nil
  }

  /// Refuses a folder, such as TensorFlow's SavedModel.
  ///
  /// - Throws: ``ConfigurationError`` that says what it is.
  static func refuseFolder(_ path: String) throws(ConfigurationError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    if let error = savedModel(at: path) { throw error }
    throw ConfigurationError(
      "a folder", at: path, advice: "name the file in it: a checkpoint, or a model that Keras saved as .h5")
  }

  /// The error about a folder that is TensorFlow's SavedModel; nil if it is none.
  static func savedModel(at path: String) -> ConfigurationError? {
    guard ["saved_model.pb", "saved_model.pbtxt"].contains(where: { access("\(path)/\($0)", F_OK) == 0 }) else {
      return nil
    }
    return ConfigurationError(
      "a SavedModel folder of TensorFlow, which cannot be read yet", at: path,
      advice: "save it as .h5 in Python, where Keras 2 made it: "
        + "import tf_keras; tf_keras.models.load_model(\(literal(path))).save(\(literal(Path.withoutExtension(path) + ".h5")))"
    )
  }

  private static let kerasAdvice = "build the same layers in Keras, set their weights, and save the model as .h5"

  private static func description(of bytes: [UInt8], named name: String, _ path: String) -> (String, String) {
    func begins(_ start: [UInt8]) -> Bool { bytes.starts(with: start) }
    func contains(_ text: String) -> Bool { bytes.contains(text) }
    if bytes.isEmpty { return ("the file is empty", "use another one") }
    if begins(Array("PK".utf8)) {
      if name.hasSuffix(".npz") || contains(".npy") {
        return ("NumPy's arrays, not a model", "load them in Python into a Keras model, and save that as .h5")
      }
      if contains("data.pkl") { return ("a model of PyTorch, which cannot be read yet", kerasAdvice) }
      if name.hasSuffix(".keras") || contains("config.json") {
        return (
          "a model in Keras' .keras format, which cannot be read yet",
          "save it as .h5 in Python: import keras; keras.models.load_model(\(literal(path))).save("
            + "\(literal(Path.withoutExtension(path) + ".h5")))"
        )
      }
      return ("an archive, not a model", "unpack it")
    }
    if bytes.count > 8, bytes[4..<8].elementsEqual(Array("TFL3".utf8)) {
      return (
        "a model of TensorFlow Lite, which holds too little to train", "use the Keras model it was made from, as .h5"
      )
    }
    if begins([0x80]) && [2, 3, 4, 5].contains(bytes.dropFirst().first ?? 0) {
      return ("a pickle of Python, such as PyTorch's, which is never opened here: that could run anything", kerasAdvice)
    }
    switch name.split(separator: ".").last {
    case "py", "ipynb":
      return (
        "a program in Python, which is never run here",
        "save its model there, as .h5 or as .json with model.to_json(), and name that"
      )
    case "onnx": return ("a model in ONNX, which cannot be read yet", kerasAdvice)
    case "pt", "pth", "safetensors": return ("a model of PyTorch, which cannot be read yet", kerasAdvice)
    case "pb":
      return ("a graph of TensorFlow, which cannot be read yet", "use the Keras model it was made from, as .h5")
    case "ckpt", "index":
      return ("a checkpoint of TensorFlow", "load it in Python into the Keras model, and save that as .h5")
    case "keras":
      return ("no model in Keras' .keras format, whatever its name says", "save the model again in Keras, as .h5")
    default:
      return bytes.contains(0)
        ? ("neither an HDF5 file nor text", "expected a checkpoint, or a model that Keras saved as .h5")
        : (
          "text, not an HDF5 file: it can hold layers but no weights",
          "expected a checkpoint, or a model that Keras saved as .h5"
        )
    }
  }

  /// A name as Python reads it; one that would need more than quotes stands for itself.
  private static func literal(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII && (33...126).contains($0.value) && !"'\\".unicodeScalars.contains($0)
    }
    return isPlain ? "'\(text)'" : "'FILE'"
  }
}

extension [UInt8] {
  /// Whether an archive of these bytes has an entry whose name has `text` in it: its directory is at the end.
  fileprivate func contains(_ text: String) -> Bool {
    let (text, directory) = (Array(text.utf8), suffix(1 << 16))
    return directory.indices.contains {
      self[$0] == text[0] && directory[$0...].starts(with: text)
    }
  }
}
