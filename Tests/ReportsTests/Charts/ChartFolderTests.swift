import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct ChartFolderTests {
  private let folder: TemporaryFolder
  private var charts: ChartFolder { ChartFolder(folder("charts")) }

  init() throws { folder = try TemporaryFolder() }

  private func curves(named title: String) -> CurvesChart {
    CurvesChart(
      name: "loss", title: title, horizontal: ChartAxis("epoch"), vertical: ChartAxis("loss", isLogarithmic: true),
      places: [1, 2, 3], curves: [.init("training", [1, 0.1, 0.01]), .init(title, [1, nil, 0.5])])
  }

  /// Width and height of a PNG, which are the first numbers in it.
  private func size(ofPNG path: String) throws -> [Int] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    return [16, 20].map { bytes[$0..<$0 + 4].reduce(0) { $0 << 8 | Int($1) } }
  }

  @Test func drawsWhateverTheTitleSays() throws {
    let title = "it's \"100 %\" <b>_x_{y}^2 & `touch \(folder("spoilt"))` @a \\n\n!touch spoilt"
    let (figures, complaint) = try charts.draw([curves(named: title)])
    #expect(complaint == nil)
    #expect(figures.map(\.name) == ["loss"])
    #expect(try size(ofPNG: "\(charts.path)/loss.png") == [1240, 760])
    let picture = String(decoding: try #require(figures[0].picture), as: UTF8.self)
    #expect(picture.split(separator: "\n").contains { $0.contains("it's \"100 %\" &lt;b>_x_{y}^2 &amp; `touch") })
    #expect(!FileManager.default.fileExists(atPath: folder("spoilt")))
    #expect(!FileManager.default.fileExists(atPath: folder("charts/spoilt")))
  }

  @Test func scriptsRunAgainByHand() throws {
    _ = try charts.draw([curves(named: "Loss")])
    try FileManager.default.removeItem(atPath: "\(charts.path)/loss.png")
    // Where there is no locale gnuplot warns of the degree sign, which it does not draw.
    let result = try MPIRun(command: ["env", "LC_ALL=C.UTF-8", "gnuplot", "loss.gp"], in: charts.path).wait()
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(try size(ofPNG: "\(charts.path)/loss.png") == [1240, 760])
  }

  @Test func saysWhatGnuplotSays() throws {
    try FileManager.default.createDirectory(atPath: charts.path, withIntermediateDirectories: true)
    try Data("plot sin(x\n".utf8).write(to: URL(filePath: "\(charts.path)/a.gp"))
    guard case .failed(let reason) = Gnuplot.run(["a.gp"], in: charts.path).first else {
      Issue.record("it should fail")
      return
    }
    #expect(reason.contains("a.gp") && reason.contains("')' expected"))
  }

  @Test func endsAScriptThatNeverEnds() throws {
    try FileManager.default.createDirectory(atPath: charts.path, withIntermediateDirectories: true)
    try Data("pause 600\n".utf8).write(to: URL(filePath: "\(charts.path)/a.gp"))
    #expect(Gnuplot.run(["a.gp"], in: charts.path, seconds: 1) == [.failed("it took longer than 1 s")])
  }

  @Test(
    arguments: [
      ([1.0, 2, 3], "\"1\" 1.0, \"2\" 2.0, \"3\" 3.0"), ([1, 40], "\"1\" 1.0, \"5\" 5.0, \"10\" 10.0"), ([1], nil),
    ] as [([Double], String?)]) func epochsAreWhole(places: [Double], tics: String?)
  {
    let settings = ChartAxis.epochs(places).settings("x").first { $0.hasPrefix("set xtics") }
    #expect(tics.map { settings?.contains($0) == true } ?? (settings == nil), "\(settings ?? "")")
  }

  @Test func thousandsAreGrouped() {
    let settings = ChartAxis("images/s").spanning([9_000, 21_000]).settings("y")
    #expect(settings.last?.contains(Gnuplot.tics([("10,000", 10_000)])) == true, "\(settings)")
  }
}
