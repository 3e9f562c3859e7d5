import Datasets
import Glibc
import HDF5
import NeuralNetwork
import Numerics
import Pictures
import Reports
import Training

/// What a file or folder is that could not be read as what was asked for: as often as not it belongs behind another flag.
enum GivenFile {
  /// What is to be said instead of `error`; nil if the error says it.
  static func explanation(of error: any Error) -> String? {
    switch error {
    case let error as DatasetError where error.kind == .notFound:
      "\(error.file): expected an image store (HDF5), found no file; \(StoreSearch.advice(for: error.file))"
    case let error as DatasetError where error.expected == "an HDF5 file" || error.found.hasPrefix("no images"):
      insteadOfStore(error.file).map { "\(error.file): expected an image store (HDF5), found \($0)" }
    case let error as HDF5Error where error.kind == .notHDF5: insteadOfModel(error.file)
    case let error as CheckpointError: insteadOfModel(error.file)
    case let error as FileReadError where error.isMissing:
      (try? CourseModels.model(named: error.path)).map { _ in
        "\(error.path): expected a file with a model's weights, found the name of a model, which has none; "
          + "train it: cnn-dist train --model \(error.path)"
      }
    default: nil
    }
  }

  /// The text of a file that is to have settings.
  ///
  /// - Throws: `ConfigurationError` that says what the file is, if it has no text; `FileReadError` if it cannot be read.
  static func text(of path: String, expected: String) throws -> String {
    func error(_ found: String) -> ConfigurationError {
      ConfigurationError("expected \(expected), found \(found)", at: path)
    }
    if RunFolder(path).hasConfiguration {
      throw error("the folder of a run; \(RunFolder(path).configurationFile) has its settings")
    }
    if SweepFolder(path).hasSweep { throw error("the folder of a sweep; sweep --output \(path) --resume continues it") }
    if isFolder(path) { throw error("a folder; name the file") }
    if path.lowercased().hasSuffix(".py") { throw error("a program in Python; write one 'key: value' a line") }
    let bytes: [UInt8]
    do {
      bytes = try FileReadError.contents(of: path, orPipe: true, upTo: FileReadError.textLimit)
    } catch {
      // A store or a model, which may be as large as it likes, is said to be one.
      guard error.isTooLarge, let found = insteadOfText([], path) else { throw error }
      throw ConfigurationError("expected \(expected), found \(found)", at: path)
    }
    if let found = insteadOfText(bytes, path) { throw error(found) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a file is that is no text; nil if it is.
  private static func insteadOfText(_ bytes: [UInt8], _ path: String) -> String? {
    if isModel(path) {
      return "a model; --model takes its layers, --initial-weights its weights, and cnn-dist evaluate FILE the whole"
    }
    if (try? ImageStore(opening: StoreSelection(path))) != nil { return "an image store; --store takes it" }
    if (try? File(opening: path)) != nil { return "an HDF5 file" }
    if Picture.isPicture(bytes) { return "a picture" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "text in UTF-16; save it as UTF-8"
    }
    return bytes.contains(0) ? "no text" : nil
  }

  private static func insteadOfStore(_ path: String) -> String? {
    let name = Text.shellWord(path)
    if RunFolder(path).hasConfiguration {
      return "the folder of a run; --store takes a file; left out, evaluate takes the run's own"
    }
    if SweepFolder(path).hasSweep { return "the folder of a sweep; --store takes a file" }
    if isFolder(path) {
      return "a folder; of pictures, cnn-dist dataset import folder \(name) --output store.h5 makes a store"
    }
    if let text = settings(in: path) { return "\(text)" }
    if isModel(path) {
      return "a model; --model takes its layers, --initial-weights its weights, and cnn-dist evaluate FILE the whole"
    }
    return imported(path).map {
      "\($0.what); cnn-dist dataset import \($0.kind) \(name) --output store.h5 makes a store"
    }
  }

  private static func insteadOfModel(_ path: String) -> String? {
    let expected = "\(path): expected a model with its weights, found "
    if let text = settings(in: path) {
      return "\(expected)\(text), and no weights; train it, and name the run's folder"
    }
    guard (try? ImageStore(opening: StoreSelection(path))) != nil else { return nil }
    let name = Text.shellWord(path)
    return
      "\(expected)an image store; cnn-dist evaluate MODEL --store \(name) takes it, "
      + "cnn-dist dataset inspect \(name) says what is in it"
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// What a YAML or JSON file describes; nil if it is none.
  private static func settings(in path: String) -> String? {
    guard [".yaml", ".yml", ".json"].contains(where: path.lowercased().hasSuffix),
      let bytes = try? FileReadError.contents(of: path, upTo: FileReadError.textLimit),
      let tree = try? ConfigurationTree(yaml: String(decoding: bytes, as: UTF8.self), from: path)
    else { return nil }
    if case .array = tree.root { return "the layers of a model (--model takes them)" }
    if tree.value(at: "layers") != nil || tree.value(at: "class_name") != nil {
      return "the layers of a model (--model takes them)"
    }
    if tree.value(at: "axes") != nil { return "a sweep (--sweep takes it)" }
    return "the settings of a run (--config takes them)"
  }

  /// Whether an HDF5 file is a model of Keras or ours.
  private static func isModel(_ path: String) -> Bool {
    guard let file = try? File(opening: path) else { return false }
    return (try? file.hasAttribute("model_config", of: "/")) == true || (try? file.exists("model_weights")) == true
  }

  /// The importer for a file, by its name.
  private static func imported(_ path: String) -> (what: String, kind: String)? {
    let name = path.lowercased()
    return [
      ([".npz"], "NumPy arrays", "npz"), ([".npy"], "a NumPy array", "npy"), ([".csv", ".tsv"], "a table", "csv"),
      ([".idx", "-ubyte", "-ubyte.gz"], "an IDX file", "idx"),
    ].first { suffixes, _, _ in suffixes.contains(where: name.hasSuffix) }.map { ($0.1, $0.2) }
  }
}
