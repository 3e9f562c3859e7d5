import Foundation
import NeuralNetwork
import Numerics
import TestSupport
import Testing

@testable import Reports

/// Nothing that is read is ever run, in any of the languages that a report is written in.
@Suite struct QuotingTests {
  private let texts = HostileTexts.all + HostileTexts.all(running: "mark")

  private func gnuplot(_ script: String, in folder: TemporaryFolder) throws {
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder("script.gp")))
    #expect(Gnuplot.run(["script.gp"], in: folder.path) == [.drawn])
    #expect(!FileManager.default.fileExists(atPath: folder("mark")))
  }

  @Test(.timeLimit(.minutes(1))) func gnuplotPrintsWhatIsQuoted() throws {
    let folder = try TemporaryFolder()
    try gnuplot(
      "x = 'expanded'\nset macros\nset print 'printed'\n"
        + texts.map { "print \(Gnuplot.quoted($0))\n" }.joined(), in: folder)
    let lines = try Data(contentsOf: URL(fileURLWithPath: folder("printed"))).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    #expect(lines.dropLast().map { Array($0) } == texts.map { Array(Text.visible($0).utf8) })
  }

  /// Titles, keys, names of axes and places along them, in the picture as they are; only in the places is a % for gnuplot.
  @Test(.timeLimit(.minutes(1))) func picturesShowNames() throws {
    let folder = try TemporaryFolder()
    let names = [
      "50 %s", "#2 1\"3\" 100%% {x}_y^z", "猫 ñ <b>&amp;", "\u{600}'; system \"touch mark\"; plot x title '",
      "`touch mark` \u{301}\"",
      "a\u{202E}b", "@x \\n \n!touch mark",
    ]
    let charts: [any Chart] = names.enumerated().map { number, name in
      var axis = ChartAxis(name + " axis")
      axis.labels = [name + " place", "other"]
      return CurvesChart(
        name: "chart\(number)", title: name + " title", horizontal: axis, vertical: ChartAxis("y"), places: [0, 1],
        curves: [.init(name + " curve", [1, 2])])
    }
    let (figures, complaint) = try ChartFolder(folder("\u{600}' \" `touch mark`")).draw(charts)
    #expect(complaint == nil)
    for (name, figure) in zip(names, figures) {
      let picture = String(decoding: try #require(figure.picture), as: UTF8.self)
      for part in ["axis", "place", "title", "curve"] {
        // gnuplot leaves all but these as they are.
        let text = [("&", "&amp;"), ("<", "&lt;")].reduce(Text.visible("\(name) \(part)")) {
          $0.replacingOccurrences(of: $1.0, with: $1.1, options: .literal)
        }
        #expect(picture.unicodeScalars.split(separator: "\n").contains { $0.contains(text.unicodeScalars) }, "\(text)")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    #expect(!FileManager.default.fileExists(atPath: "mark"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder("\u{600}' \" `touch mark`"))
    #expect(!files.contains("mark"), "gnuplot works inside of the folder")
  }

  @Test func tablesReadBack() throws {
    let rows =
      texts.map { ["1", $0, "2"] } + [["-1.5e-3", "-3.2·10⁻⁴", "=1+1"], ["+1", "@a", "-2+cmd|' /C calc'!A0"]]
    var table = CSV(header: ["a", "b", "c"])
    table.rows = rows
    #expect(read(Array(table.text.utf8)) == ([table.header] + rows).map { $0.map { Array(guarded($0).utf8) } })
    // As gnuplot reads it: a line each row, a field between each two commas.
    let plain = read(Array(Gnuplot.table(table).text.utf8))
    #expect(plain.count == rows.count + 1 && plain.allSatisfy { $0.count == 3 })
    #expect(!plain.joined().joined().contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") })
  }

  /// With the apostrophe that keeps a spreadsheet from taking a text for a formula.
  private func guarded(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first), Double(text) == nil,
      text != "-3.2·10⁻⁴"
    else { return text }
    return "'" + text
  }

  /// Reads a table as RFC 4180 has it.
  private func read(_ bytes: [UInt8]) -> [[[UInt8]]] {
    var (rows, row, field): ([[[UInt8]]], [[UInt8]], [UInt8]) = ([], [], [])
    var (isQuoted, previous): (Bool, UInt8) = (false, 0)
    for byte in bytes {
      switch (byte, isQuoted) {
      case (UInt8(ascii: "\""), _):
        // Right after the end of a quoted part it stands for itself.
        if !isQuoted && previous == byte { field.append(byte) }
        isQuoted.toggle()
      case (UInt8(ascii: ","), false):
        row.append(field)
        field = []
      case (UInt8(ascii: "\n"), false):
        rows.append(row + [field])
        (row, field) = ([], [])
      default: field.append(byte)
      }
      previous = byte
    }
    return rows
  }
}

extension QuotingTests {
  /// A page says what is meant, and has no tags but its own.
  @Test func pagesReadBack() throws {
    for text in texts {
      let escaped = EscapedMarkup().escapeText(text)
      #expect(!escaped.utf8.contains { "<>\"'".utf8.contains($0) || $0 < 0x20 })
      let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .reduce(escaped) { $0.replacingOccurrences(of: $1.0, with: $1.1, options: .literal) }
      #expect(Array(read.utf8) == Array(Text.visible(text).utf8))
    }
  }

  @Test func scriptsOfPagesReadBack() throws {
    let texts = texts + ["\u{600}</script><script>alert(1)</script>", "<\u{301}!--"]
    let json = try Page.json(texts)
    #expect(!json.utf8.contains(UInt8(ascii: "<")))
    let read = try JSONDecoder().decode([String].self, from: Data(json.utf8))
    #expect(read.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
  }
}
