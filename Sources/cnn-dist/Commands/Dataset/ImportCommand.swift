import ArgumentParser
import Datasets
import NeuralNetwork
import Numerics

/// Brings data of another kind into an image store.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring images of another kind into an image store.",
    discussion: """
      Kinds:
      \(ImporterRegistry.all.map { "  \($0.kind): \($0.summary)" }.joined(separator: "\n"))

      Each part is shuffled unless --keep-order, with the same order for the same --seed. The store appears when it is \
      complete; an import that is interrupted leaves nothing behind.

      Examples:
        cnn-dist dataset import idx mnist/ --output mnist.h5
        cnn-dist dataset import folder pictures/ --size 150x150 --split 0.8/0.1/0.1 --output pictures.h5
      """)

  @Argument(help: "What the data is: \(ImporterRegistry.all.map { $0.kind }.joined(separator: ", ")).")
  var kind: String

  @Argument(help: "The file or folder with the data.")
  var source: String

  @OptionGroup var output: StoreOutputOptions
  @OptionGroup var arrangement: ArrangementOptions
  @OptionGroup var reading: ImportReadingOptions

  func validate() throws {
    if source.isEmpty { throw ValidationError("expected the file or folder with the data, found an empty name") }
  }

  func run() throws {
    let importer = try importerType()
    try output.check(sources: [source])
    let begin = ContinuousClock.now
    let progress = SampleProgress()
    defer { progress.clear() }
    var options = reading.options
    // Decoded pictures are as large as the store; where it goes there is room for them, or for neither.
    options.temporaryFolder = output.folder
    let data = try importer.init(source: source, options: options).read { done, total in
      progress.show("reading", done, of: total) { "\(Text.grouped($0)) images/s" }
    }
    let parts = try arrangement.arrangement.parts(of: data.splits, named: source)
    try StoreOutput(
      parts: parts, classNames: try classNames(of: data), skipped: data.skipped, notes: data.notes, options: output,
      begin: begin
    ).write(progress)
  }

  private func importerType() throws -> any Importer.Type {
    if let importer = ImporterRegistry.all.first(where: { $0.kind == kind }) { return importer }
    let kinds = ImporterRegistry.all.map { $0.kind }
    throw ValidationError(
      "unknown kind '\(kind)'; " + (nearest(to: kind, among: kinds).map { "did you mean '\($0)'? " } ?? "")
        + "known: \(kinds.joined(separator: ", "))")
  }

  /// The names that are asked for, else those of the data.
  private func classNames(of data: ImportedDataset) throws -> [String] {
    guard let names = reading.classNames else { return data.classNames }
    var needed = data.classNames.count
    for part in data.splits.values {
      guard case .classes(let classes) = part.labels else {
        throw ValidationError("--class-names is for classes, and the labels of \(source) are numbers")
      }
      needed = max(needed, Int(classes.max() ?? -1) + 1)
    }
    guard names.count == needed || (data.classNames.isEmpty && names.count > needed) else {
      throw ValidationError("--class-names: expected \(needed) names, one for each class, found \(names.count)")
    }
    return names
  }
}
