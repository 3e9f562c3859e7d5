import ArgumentParser
import Datasets
import FoundationEssentials
import NeuralNetwork
import Numerics
import Training

/// Shows what is in an HDF5 file, and what training would make of it.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in an HDF5 file, and what train would make of it.",
    discussion: """
      Examples:
        cnn-dist dataset inspect Galaxy10_DECals.h5
        cnn-dist dataset inspect scans.h5 --images /stack --labels /diagnosis --validation-fraction 0.2
        cnn-dist dataset inspect store.h5 --json | jq .training.parts

      A file that cannot be trained from is shown all the same; then the exit code is 65.
      """)

  @Argument(help: "The HDF5 file.")
  var store: String

  @OptionGroup var samples: SampleOptions

  @Flag(help: "Do not read the pixels, whose range is shown otherwise.")
  var noPixels = false

  @Flag(help: "Write JSON instead of text.")
  var json = false

  /// The most lines of the tree that are shown.
  private static let treeLimit = 500
  /// The most classes that are shown.
  private static let classLimit = 20

  func run() throws {
    let selection = try StoreSearch.files(of: samples.apply(to: StoreSelection(store)))
    let tree = try StoreTree(of: selection.path, limit: Self.treeLimit)
    let training = Result { try StoreInspection(of: ImageStore(opening: selection), pixels: !noPixels) }
    if json {
      try writeJSON(selection.path, tree, training)
    } else {
      try writeTree(tree, of: selection.path)
      if case .success(let training) = training { try write(training) }
    }
    _ = try training.get()
  }

  // MARK: Text

  private func writeTree(_ tree: StoreTree, of path: String) throws {
    try StandardOutput.write(path)
    for entry in tree.entries {
      let indent = String(repeating: "  ", count: entry.depth + 1)
      var parts = [entry.name + (entry.kind == .group && entry.path != "/" ? "/" : "")]
      if let type = entry.type, let shape = entry.shape { parts.append("\(type) \(shape)") }
      if let chunks = entry.chunks { parts.append("chunks \(chunks)") }
      if !entry.filters.isEmpty { parts.append(entry.filters.joined(separator: "+")) }
      if let note = entry.note { parts.append("(\(note))") }
      try StandardOutput.write(indent + Text.visible(parts.joined(separator: "  ")))
      for attribute in entry.attributes { try StandardOutput.write("\(indent)  @\(attribute)") }
    }
    if tree.isCut { try StandardOutput.write("  … more than \(Self.treeLimit) objects") }
  }

  private func write(_ training: StoreInspection) throws {
    for part in training.parts {
      let shape = part.imageShape.map(String.init).joined(separator: "×")
      var lines = [
        "", "\(part.split): \(Text.count(part.count, "sample")) of \(shape), \(part.labelKind)",
        "  images  \(part.images)", "  labels  \(part.labels)",
        "  memory  \(Text.grouped(part.byteCount)) bytes as \(part.storage)",
      ]
      if let pixels = part.pixels {
        lines.append(
          "  pixels  \(number(pixels.minimum)) to \(number(pixels.maximum)), mean \(Text.fixed(pixels.mean, 4))")
      }
      try StandardOutput.write(lines.joined(separator: "\n"))
    }
    try writeClasses(training)
    if !training.hints.isEmpty { try StandardOutput.write("") }
    for hint in training.hints { try StandardOutput.write("hint: \(hint)") }
  }

  /// A table: a line for each class, a column for each part.
  private func writeClasses(_ training: StoreInspection) throws {
    guard let count = training.parts.first?.classCounts.count, count > 0 else { return }
    let shown = 0..<min(count, Self.classLimit)
    let header = ["class", ""] + training.parts.map(\.split)
    let rows = shown.map { index in
      [String(index), index < training.classNames.count ? Text.visible(training.classNames[index]) : ""]
        + training.parts.map { index < $0.classCounts.count ? Text.grouped($0.classCounts[index]) : "" }
    }
    let table = [header] + rows
    let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    try StandardOutput.write("")
    for row in table {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 1 ? row[column] + padding : padding + row[column]
      }
      try StandardOutput.write("  " + cells.joined(separator: "  "))
    }
    if count > shown.count { try StandardOutput.write("  … \(Text.count(count, "class")) in all") }
  }

  /// A pixel without decimals that say nothing.
  private func number(_ value: Float) -> String {
    value == value.rounded() && value.magnitude < 1e9 ? "\(Int(value))" : "\(value)"
  }

  // MARK: JSON

  /// What is written as JSON.
  private struct Document: Encodable {
    struct Object: Encodable {
      let path: String
      let kind: StoreTree.Kind
      let shape: [Int]?
      let type: String?
      let chunks: [Int]?
      let filters: [String]
      let attributes: [String]
      let note: String?
    }

    let path: String
    let objects: [Object]
    let isCut: Bool
    let training: StoreInspection?
    let problem: String?
  }

  private func writeJSON(_ path: String, _ tree: StoreTree, _ training: Result<StoreInspection, any Error>) throws {
    var (inspection, problem): (StoreInspection?, String?) = (nil, nil)
    switch training {
    case .success(let training): inspection = training
    case .failure(let error): problem = "\(error)"
    }
    let objects = tree.entries.map {
      Document.Object(
        path: $0.path, kind: $0.kind, shape: $0.shape, type: $0.type, chunks: $0.chunks, filters: $0.filters,
        attributes: $0.attributes, note: $0.note)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      path: path, objects: objects, isCut: tree.isCut, training: inspection, problem: problem)
    try StandardOutput.writeAsIs(Text.visibleJSON(String(decoding: encoder.encode(document), as: UTF8.self)))
  }
}
