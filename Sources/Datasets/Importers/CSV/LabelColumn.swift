/// Which column of a table has the labels, and whether the first line names the columns.
struct LabelColumn: Sendable, Equatable {
  /// The column, counted from 0.
  let index: Int
  /// Whether the first line is no sample.
  let hasHeader: Bool
  /// How many columns the first line has.
  let columnCount: Int

  private static let names: Set = ["label", "labels", "class", "target", "y"]

  /// Finds the column: by the user's name or number, counted from 1; else by its name, which is a usual one or the only one
  /// that is no number; else by what is in the columns.
  ///
  /// The first line names the columns if one of its fields is a usual name for labels, if two or more are no numbers, or if
  /// one is none where the second line has one. Without a name, the labels are in the first or the last column: in the one
  /// that has texts, if the other has numbers, or in the one that varies, if the other, as the background in the corner of
  /// an image, does not.
  init(in file: String, choice: String?) throws {
    let lines = try CSVLines(file)
    guard try lines.next() else {
      throw DatasetError(
        file: file, object: nil, expected: "a line for each sample", found: "an empty file", advice: "check the path")
    }
    let count = lines.fields.count
    columnCount = count
    guard count > 1 else {
      throw lines.error(
        expected: "labels and pixels, separated by commas, semicolons or tabs", found: "'\(lines.text(0).prefix(40))'",
        advice: "check that it is such a table")
    }
    // What is needed of the first line, before the second is read. There may be a million columns, so that their texts
    // are not kept.
    let texts = (0..<count).filter { !lines.isNumber($0) }
    let usual = texts.filter { Self.names.contains(lines.text($0).lowercased()) }
    let named = choice.flatMap { choice in (0..<count).first { lines.text($0) == choice } }
    let list = Self.list(lines)
    let firstLine = "line \(lines.number)"
    var hasHeader = !usual.isEmpty || texts.count > 1
    if let text = texts.first, !hasHeader, try lines.next(), text < lines.fields.count {
      hasHeader = lines.isNumber(text)
    }
    if let choice {
      let counted = Int(choice).flatMap { (1...count).contains($0) ? $0 - 1 : nil }
      guard let index = (hasHeader ? named : nil) ?? counted else {
        throw DatasetError(
          file: file, object: firstLine,
          expected: hasHeader ? "a column \(choice)" : "the number of a column from 1 to \(count), by --labels",
          found: hasHeader ? list : choice, advice: "name a column, or count them from 1")
      }
      (self.index, self.hasHeader) = (index, hasHeader)
    } else if usual.count == 1 || hasHeader && texts.count == 1 {
      (index, self.hasHeader) = (usual.first ?? texts[0], true)
    } else {
      guard let index = try Self.clearColumn(of: file, hasHeader: hasHeader) else {
        throw DatasetError(
          file: file, object: nil, expected: "a column that is clearly that of the labels",
          found: hasHeader ? list : "no names for the columns, and numbers in the first and the last",
          advice: "say which it is: --labels 1 for the first, --labels \(count) for the last")
      }
      (self.index, self.hasHeader) = (index, hasHeader)
    }
  }

  /// The first few columns of a line and its last.
  private static func list(_ lines: CSVLines) -> String {
    let last = lines.fields.count - 1
    let list = (0...min(last, 3)).map { lines.text($0).prefix(40) }.joined(separator: ", ")
    return "the columns \(list)\(last > 3 ? ", …, \(lines.text(last).prefix(40))" : "")"
  }

  /// The first or the last column, whichever alone can be the labels; nil if both can.
  private static func clearColumn(of file: String, hasHeader: Bool) throws -> Int? {
    let lines = try CSVLines(file)
    guard try lines.next(), try !hasHeader || lines.next() else { return nil }
    let last = lines.fields.count - 1
    var ends = [End(of: lines, 0), End(of: lines, last)]
    repeat {
      // Such a line is reported when all of it is read.
      guard lines.fields.count == last + 1 else { break }
      ends[0].add(lines, 0)
      ends[1].add(lines, last)
    } while try lines.next()
    if ends[0].hasText != ends[1].hasText { return ends[0].hasText ? 0 : last }
    if ends[0].varies != ends[1].varies { return ends[0].varies ? 0 : last }
    return nil
  }

  /// What is in the first or in the last column.
  private struct End {
    let first: [UInt8]
    var hasText = false
    var varies = false

    init(of lines: CSVLines, _ column: Int) { first = Array(lines.bytes[lines.fields[column]]) }

    mutating func add(_ lines: CSVLines, _ column: Int) {
      let field = lines.fields[column]
      if !varies { varies = !lines.bytes[field].elementsEqual(first) }
      if !hasText { hasText = !lines.isNumber(column) }
    }
  }
}
