import Archives

/// Tables with a sample in each line: its label, and its pixels row by row.
public struct CSVImporter: Importer {
  /// `csv`.
  public static let kind = "csv"
  /// What SOURCE is.
  public static let summary = "a table with label and pixels in each line; --labels COLUMN, by name or number"

  private let file: String
  private let options: ImportOptions

  /// Takes the path of the data, and what the user has said about it.
  public init(source: String, options: ImportOptions) {
    file = source
    self.options = options
  }

  /// Finds the samples.
  ///
  /// - Throws: `DatasetError` or `ArchiveError` that names the file and what is wrong with it.
  public func read(progress: (_ done: Int, _ total: Int) -> Void) throws -> ImportedDataset {
    let column = try LabelColumn(in: file, choice: options.labelChoice.name)
    let lines = try CSVLines(file)
    let columnCount = column.columnCount
    var layout = try layout(columnCount - 1)
    var notes: [String] = []
    guard try lines.next() else { throw noSample(lines) }
    if column.hasHeader {
      if layout.imageShape[2] > 1 && options.channels == nil {
        let order = try ChannelOrder(of: lines, except: column.index, channels: layout.imageShape[2])
        layout = ImageLayout(imageShape: layout.imageShape, isChannelsFirst: order == .planar)
        if order == .unknown { notes.append(Self.note(layout.imageShape)) }
      }
      guard try lines.next() else { throw noSample(lines) }
    } else if layout.imageShape[2] > 1 && options.channels == nil {
      notes.append(Self.note(layout.imageShape))
    }
    var rows = PixelRows(width: columnCount - 1)
    var labels: [String] = []
    var pixels: [Float] = []
    repeat {
      guard lines.fields.count == columnCount else {
        throw lines.error(
          expected: "\(columnCount) fields, as in the first line", found: "\(lines.fields.count)",
          advice: "correct the line, or leave it out")
      }
      try read(lines, except: column.index, into: &pixels)
      if layout.isChannelsFirst { pixels = planesToPixels(pixels, channels: layout.imageShape[2]) }
      rows.append(pixels)
      labels.append(try lines.name(column.index))
      // Bytes become four times as large if a fraction comes.
      guard rows.count * (4 * rows.width + 32) <= MemoryLimit.bytes else {
        throw lines.error(
          expected: "samples for half of this machine's memory (\(MemoryLimit.bytes) bytes)", found: "more",
          advice: "divide the file, or use a machine with more memory")
      }
    } while try lines.next()
    let encoding = try EncodedLabels(
      [.train: rawLabels(labels, column: column.index)], as: options.labelChoice.meaning)
    var splits: [SplitName: any SampleSource] = [:]
    for (name, labels) in encoding.labels {
      splits[name] = RowSamples(rows, imageShape: layout.imageShape, labels: labels)
    }
    return ImportedDataset(splits: splits, classNames: encoding.classNames, notes: notes + encoding.notes)
  }

  /// Reads the numbers of all columns but one.
  private func read(_ lines: CSVLines, except column: Int, into pixels: inout [Float]) throws {
    pixels.removeAll(keepingCapacity: true)
    let (fields, bytes) = (lines.fields, lines.bytes)
    for index in 0..<fields.count where index != column {
      let number = DecimalNumber.parse(bytes, fields[index]).map { Float($0) }
      guard let number, number.isFinite else {
        let text = lines.text(index)
        throw lines.error(
          expected: "a number as field \(index + 1)", found: text.isEmpty ? "nothing" : "'\(text.prefix(40))'",
          advice: "fill in what is missing, or leave the line out")
      }
      pixels.append(number)
    }
  }

  /// The shape of the images: what is asked for, else a square, grey or of three channels.
  private func layout(_ count: Int) throws(DatasetError) -> ImageLayout {
    if let size = options.size {
      if let layout = ImageLayout(rowOf: count, options) { return layout }
      throw DatasetError(
        file: file, object: nil, expected: "\(ImageLayout.expected(size, options)) and a label in each line, by --size",
        found: "\(count + 1) fields",
        advice: "give the --size of the images, such as \(ImageLayout.likelySize(ofRow: count)); other columns must be "
          + "taken out")
    }
    if let side = ImageLayout.squareSide(count) {
      return ImageLayout(imageShape: [side, side, 1], isChannelsFirst: false)
    }
    guard count % 3 == 0, let side = ImageLayout.squareSide(count / 3) else {
      throw DatasetError(
        file: file, object: nil, expected: "the pixels of a square and a label in each line",
        found: "\(count + 1) fields", advice: "give the --size of the images; other columns must be taken out")
    }
    return ImageLayout(imageShape: [side, side, 3], isChannelsFirst: false)
  }

  private func noSample(_ lines: CSVLines) -> DatasetError {
    lines.error(expected: "a line for each sample", found: "none", advice: "check that the file is complete")
  }

  /// How columns without names that tell it were taken.
  private static func note(_ shape: [Int]) -> String {
    "each pixel was taken from \(shape[2]) columns side by side; if one channel follows the other, say so by "
      + "--size \(shape[2])x\(shape[0])x\(shape[1])"
  }

  /// Whole numbers are classes, however they are written; if others are among them, all are values; texts are names.
  private func rawLabels(_ texts: [String], column: Int) throws(DatasetError) -> RawLabels {
    var numbers: [Double] = []
    for text in texts {
      let bytes = Array(text.utf8)
      guard let number = bytes.withUnsafeBytes({ DecimalNumber.parse($0, 0..<$0.count) }) else { break }
      numbers.append(number)
    }
    let whole = numbers.compactMap { Int64(exactly: $0) }
    let content: RawLabels.Content =
      if whole.count == texts.count {
        .integers(whole)
      } else if numbers.count == texts.count {
        .floats(numbers.map { Float($0) })
      } else {
        .strings(texts)
      }
    return try RawLabels(file: file, object: "column \(column + 1)", content: content, shape: [texts.count])
  }
}
