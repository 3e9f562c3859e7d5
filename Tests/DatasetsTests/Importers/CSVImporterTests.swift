import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct CSVImporterTests {
  private func samples(_ name: String, labels: String? = nil, size: (Int, Int)? = nil) throws -> any SampleSource {
    try #require(try imported(CSVImporter.self, formats("csv/\(name)"), labels: labels, size: size).splits[.train])
  }

  /// Imports a table of this text.
  private func table(_ text: String, labels: String? = nil) throws -> ImportedDataset {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(filePath: folder("table.csv")))
    return try imported(CSVImporter.self, folder("table.csv"), labels: labels)
  }

  @Test(arguments: [
    ("kaggle.csv", nil), ("kaggle.csv", "label"), ("kaggle.csv", "1"), ("named by numbers.csv", nil),
    ("named by numbers.csv", "digit"), ("unclear.csv", "1"),
  ]) func labelFirst(name: String, labels: String?) throws {
    let samples = try samples(name, labels: labels)
    #expect(samples.imageShape == [4, 4, 1] && samples.labels == formulaClasses(5, of: 4))
    #expect(try samples.followsFormula())
  }

  /// The pixel in the corner is 0 in all images, so that the other column is that of the labels.
  @Test(arguments: [("digits.csv.gz", 0), ("mnist_train.csv", 15)]) func clear(name: String, corner: Int) throws {
    let samples = try samples(name)
    #expect(samples.labels == formulaClasses(5, of: 4))
    for index in 0..<5 {
      var pixels = formulaPixels(index, 4, 4)
      pixels[corner] = 0
      #expect(try samples.bytes(index) == pixels)
    }
  }

  @Test func words() throws {
    let data = try imported(CSVImporter.self, formats("csv/words.csv"))
    #expect(data.classNames == ["Zebra", "ant", "bee", "十"])
    let samples = try #require(data.splits[.train])
    #expect(samples.labels == .classes([2, 1, 3, 0, 2]))
    #expect(try samples.followsFormula())
  }

  @Test func numbers() throws {
    let samples = try samples("tabs.csv")
    #expect(samples.labels == formulaClasses(5, of: 4))
    for index in 0..<5 { #expect(try samples.floats(index) == formulaPixels(index, 4, 4).map { Float($0) / 8 - 3 }) }
    #expect(try self.samples("values.csv").labels == .values([0.25, 0, 0.75, 0.5, 0.25], width: 1))
  }

  @Test func size() throws {
    #expect(try samples("wide.csv", size: (2, 8)).followsFormula())
    #expect(try samples("wide.csv").imageShape == [4, 4, 1])
    expectImportError(
      ["expected 3×5 pixels and a label in each line", "found 17 fields"], CSVImporter.self, formats("csv/wide.csv"),
      size: (3, 5))
  }

  @Test func unclear() throws {
    expectImportError(
      ["a column that is clearly that of the labels", "--labels 1 for the first, --labels 17 for the last"],
      CSVImporter.self, formats("csv/unclear.csv"))
    expectImportError(["from 1 to 17", "found 0"], CSVImporter.self, formats("csv/unclear.csv"), labels: "0")
    expectImportError(
      ["a column digit", "the columns label, pixel0, pixel1, pixel2, …, pixel15"], CSVImporter.self,
      formats("csv/kaggle.csv"), labels: "digit")
  }

  /// Numbers in all ways to write them, as Swift reads them by way of `Double`, as NumPy does.
  @Test func forms() throws {
    let words = [
      "0.1", "-2.5e-3", "+7", ".5", "5.", "1E2", " 3 ", "123456789012345678901234567890", "1e-45", "3.4028234e38",
      "0.30000000000000000000000001", "2.2250738585072011e-308", "00012", "-0", "0e5", "16777217",
    ]
    let samples = try #require(
      try table("label," + String(repeating: "p,", count: 15) + "p\n1," + words.joined(separator: ",") + "\n").splits[
        .train])
    let expected = words.map { Float(Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan) }
    #expect(try samples.floats(0) == expected)
  }

  /// A fraction far behind makes numbers of the bytes before it.
  @Test func bytesBecomeNumbers() throws {
    var lines = (0..<3000).map { "\($0 % 10),\($0 % 256),1,2,255" }
    let bytes = try #require(try table(lines.joined(separator: "\n"), labels: "1").splits[.train])
    #expect(bytes.storage == .uint8)
    #expect(try bytes.bytes(2999) == [183, 1, 2, 255])
    lines[2500] = "3,0.5,1,2,256"
    let floats = try #require(try table(lines.joined(separator: "\n"), labels: "1").splits[.train])
    #expect(try floats.floats(2499) == [195, 1, 2, 255])
    #expect(try floats.floats(2500) == [0.5, 1, 2, 256])
    #expect(try floats.floats(2999) == [183, 1, 2, 255])
  }

  @Test func quotesAndEmptyLines() throws {
    let data = try table("\r\n\"label\",\"a\"\"b\"\r\n\r\n\"x, \"\"y\"\"\",7\r\nz,\"8\"\r\n\n")
    #expect(data.classNames == ["x, \"y\"", "z"])
    #expect(try #require(data.splits[.train]).bytes(1) == [8])
  }

  @Test(arguments: [
    ("", ["a line for each sample", "an empty file"]), ("\n\n", ["an empty file"]), ("label,a\n", ["found none"]),
    ("5\n6\n", ["line 1: expected labels and pixels, separated by", "found '5'"]),
    ("label,a,b\n1,2,3\n", ["the pixels of a square", "found 3 fields"]),
    ("label,a\n1,2\n3\n", ["line 3: expected 2 fields, as in the first line; found 1"]),
    ("a,b,c,d,label\n1,2\n", ["line 2: expected 5 fields, as in the first line; found 2"]),
    ("label,a\n\n1,2\n\n3,4,5\n", ["line 5: expected 2 fields"]),
    ("label,a\n1,2\n3,x\n", ["line 3: expected a number as field 2; found 'x'"]),
    ("label,a\n1,\n", ["line 2: expected a number as field 2; found nothing"]),
    ("label,a\n1,nan\n", ["found 'nan'"]), ("label,a\n1,1e39\n", ["found '1e39'"]),
    ("label,a\n1,0x10\n", ["found '0x10'"]), ("label,a\n1,1e\n", ["found '1e'"]), ("label,a\n1,-\n", ["found '-'"]),
    ("label,a\n1,.\n", ["found '.'"]), ("label,a\n1,e5\n", ["found 'e5'"]),
    ("label,a\n,1\n2,1\n", ["column 1", "the name of a class", "found none for sample 0"]),
    ("label,a\n-1,1\n", ["classes from 0", "found -1 at index 0"]),
    ("label,a\n1,\"2\n", ["line 2: expected a quote that ends in its line"]),
  ]) func errors(text: String, words: [String]) throws {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(filePath: folder("table.csv")))
    expectImportError(["table.csv"] + words, CSVImporter.self, folder("table.csv"))
  }

  /// Columns are counted from 1; the least and the greatest number are none of them.
  @Test(arguments: ["0", "-1", "18", "\(Int.min)", "\(Int.max)", "9223372036854775808"]) func noColumn(labels: String) {
    expectImportError(
      ["line 1: expected the number of a column from 1 to 17", "found \(labels);"], CSVImporter.self,
      formats("csv/unclear.csv"), labels: labels)
  }

  /// The line that names the columns is meant, although the next one has been looked at to tell that it does.
  @Test func noColumnOfThatName() throws {
    let folder = try TemporaryFolder()
    try Data("digit,1,2\n7,8,9\n".utf8).write(to: URL(filePath: folder("table.csv")))
    expectImportError(
      ["line 1: expected a column d; found the columns digit, 1, 2;"], CSVImporter.self, folder("table.csv"),
      labels: "d")
  }

  /// More than an image of 1024×1024 pixels, before much memory is taken for them.
  @Test(.timeLimit(.minutes(1)), arguments: ["", "7,8\n", "\"7\",8\n"]) func tooManyFields(before: String) throws {
    let folder = try TemporaryFolder()
    let quote = before.contains("\"") ? "\"\"" : ""
    let commas = String(repeating: ",", count: 8 << 20)
    try Data((before + quote + commas).utf8).write(to: URL(filePath: folder("table.csv")))
    expectImportError(
      ["line \(before.isEmpty ? 1 : 2): expected at most 1048577 fields; found more"], CSVImporter.self,
      folder("table.csv"), labels: "1")
  }

  @Test(.timeLimit(.minutes(1))) func theLargestImage() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "7,", count: 1 << 20) + "3\n"
    try Data(text.utf8).write(to: URL(filePath: folder("table.csv")))
    let samples = try #require(
      try imported(CSVImporter.self, folder("table.csv"), labels: "1048577").splits[.train])
    #expect(samples.imageShape == [1024, 1024, 1] && samples.labels == .classes([3]))
  }

  @Test func endlessLine() throws {
    let folder = try TemporaryFolder()
    try Data(repeating: UInt8(ascii: "1"), count: 70 << 20).write(to: URL(filePath: folder("table.csv")))
    expectImportError(
      ["line 1: expected a line for each sample; found more than"], CSVImporter.self, folder("table.csv"))
    expectImportError(["there is no such file"], CSVImporter.self, folder("none.csv"))
  }

  /// Three columns a pixel: in the order that the names of the columns tell, or side by side.
  @Test(
    arguments: [
      ("label,p0,p1,p2,p3,p4,p5\n1,1,2,3,4,5,6\n", [1, 2, 3, 4, 5, 6], 1),
      ("label;r0;g0;b0;r1;g1;b1\r\n1;1;2;3;4;5;6\r\n", [1, 2, 3, 4, 5, 6], 0),
      ("R_0\tR_1\tG_0\tG_1\tB_0\tB_1\tlabel\n1\t4\t2\t5\t3\t6\t1\n", [1, 2, 3, 4, 5, 6], 0),
      (
        "\u{FEFF}\"label\",\"px_red\",\"px_green\",\"px_blue\",\"q_red\",\"q_green\",\"q_blue\"\n1,1,2,3,4,5,6\n",
        [1, 2, 3, 4, 5, 6], 0
      ),
    ] as [(String, [UInt8], Int)]) func colours(text: String, pixels: [UInt8], notes: Int) throws
  {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(filePath: folder("table.csv")))
    let data = try imported(CSVImporter.self, folder("table.csv"), size: (1, 2))
    let samples = try #require(data.splits[.train])
    #expect(samples.imageShape == [1, 2, 3] && data.notes.count == notes)
    #expect(try samples.bytes(0) == pixels)
  }

  /// Without a size, a square of three columns a pixel; as planes if that is said.
  @Test func coloursOfASquare() throws {
    let folder = try TemporaryFolder()
    try Data("label,\((0..<12).map { "p\($0)" }.joined(separator: ","))\n1,0,1,2,3,4,5,6,7,8,9,10,11\n".utf8)
      .write(to: URL(filePath: folder("table.csv")))
    let square = try #require(try imported(CSVImporter.self, folder("table.csv")).splits[.train])
    #expect(square.imageShape == [2, 2, 3])
    #expect(try square.bytes(0) == Array(0..<12))
    var options = ImportOptions()
    (options.size, options.channels, options.isPlanar) = ((2, 2), 3, true)
    let planes = try CSVImporter(source: folder("table.csv"), options: options).read { _, _ in }
    #expect(try #require(planes.splits[.train]).bytes(0) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(planes.notes.isEmpty)
    expectImportError(
      ["columns of red, green and blue in this order"], CSVImporter.self,
      try {
        try Data("label,b0,g0,r0\n1,1,2,3\n".utf8).write(to: URL(filePath: folder("bgr.csv")))
        return folder("bgr.csv")
      }())
  }

  @Test func labelsInOtherForms() throws {
    #expect(try #require(table("label,a\n1.0,1\n0.0,2\n").splits[.train]).labels == .classes([1, 0]))
    #expect(
      try #require(table("label,a\n1.0,1\n0.0,2\n", labels: "label:values").splits[.train]).labels
        == .values([1, 0], width: 1))
    let folder = try TemporaryFolder()
    try Data(Array("label,a\ncaf".utf8) + [0xE9] + Array(",1\nb,2\n".utf8)).write(
      to: URL(filePath: folder("latin.csv")))
    expectImportError(
      ["line 2: expected text in UTF-8; found 'caf\\xE9' as field 1", "iconv -f LATIN1"], CSVImporter.self,
      folder("latin.csv"))
    try Data([0xFF, 0xFE] + "label,a\n1,2\n".utf8.flatMap { [$0, 0] }).write(to: URL(filePath: folder("wide.csv")))
    expectImportError(["found UTF-16", "iconv -f UTF-16"], CSVImporter.self, folder("wide.csv"))
  }
}
