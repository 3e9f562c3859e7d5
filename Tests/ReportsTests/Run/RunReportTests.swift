import Foundation
import Pictures
import TestSupport
import Testing

@testable import Reports

@Suite struct RunReportTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func write(_ text: String, _ name: String) throws {
    try text.write(toFile: folder(name), atomically: true, encoding: .utf8)
  }

  private func page(
    _ predictions: Result<Predictions, RunReport.Absence>, classNames: [String] = [], settings: String = ""
  ) throws -> String {
    let report = RunReport(
      folder: folder.path, title: "a <run>", facts: [.init("Store", "<i>&")], epochs: 5, isComplete: false,
      settings: settings,
      classNames: classNames, predictions: predictions)
    _ = try report.write()
    return try String(contentsOfFile: report.pageFile, encoding: .utf8)
  }

  private let absent = Result<Predictions, RunReport.Absence>.failure(.init("The store <gone> is not there."))

  @Test func escapesWhatOthersHaveNamed() throws {
    try write(
      recordedNetwork([#"{"epoch":0,"parameters":[[1],[0]]}"#]).replacing("\"dense\"", with: #""</script><b>""#),
      "parameters.jsonl")
    let predictions = Predictions(
      model: "model.h5", split: "test", store: "s.h5", classNames: ["<b>", "\"x"], metrics: [],
      results: .classes(
        counts: [[3, 1], [0, 0]],
        mistakes: [
          .init(
            sample: 7, label: 0, predicted: 1, probability: 0.625,
            picture: Picture(width: 2, height: 1, channels: 1, pixels: [0, 255]))
        ]))
    let page = try page(.success(predictions), classNames: ["<b>", "</script><b>"], settings: "model: <b>\n")
    #expect(!page.contains("<i>") && !page.contains("a <run>") && !page.contains("model: <b>"))
    #expect(page.contains("<title>a &lt;run&gt;</title>") && page.contains("model: &lt;b&gt;"))
    #expect(page.contains("<b>&lt;b&gt;</b> taken for <b>&quot;x</b>, 62.5 %"))
    #expect(page.contains(#"title="&lt;b&gt; taken for &quot;x: 1 of 4">1</td>"#))
    #expect(page.contains(#""target":"\u003c/script>\u003cb>""#) && page.contains(#""name":"\u003c/script>"#))
    // That of the data, the two of the page, and no other.
    #expect(page.matches(of: #/<script/#).count == 3 && page.matches(of: #/<\/script/#).count == 3)
  }

  @Test func saysWhatThereIsNot() throws {
    let page = try page(absent)
    #expect(page.contains("No epoch is complete yet.") && page.contains("0 of 5"))
    #expect(page.contains("The store &lt;gone&gt; is not there."))
    #expect(!page.contains("id=\"loss\""))
  }

  @Test func writesTheNumbersOfCurves() throws {
    try write(
      """
      {"epoch":1,"step":3,"loss":0.5,"accuracy":0.25,"validation_loss":0.75,"validation_accuracy":0.5,"seconds":2,"images_per_second":100}
      {"epoch":2,"step":6,"loss":null,"accuracy":0.5,"validation_loss":0.25,"validation_accuracy":0.25,"seconds":3,"images_per_second":50}

      """, "metrics.jsonl")
    let page = try page(absent)
    #expect(
      try String(contentsOfFile: folder("charts/loss.csv"), encoding: .utf8)
        == "epoch,training,validation\n1,0.5,0.75\n2,,0.25\n")
    #expect(
      try String(contentsOfFile: folder("charts/throughput.csv"), encoding: .utf8) == "epoch,images/s\n1,100\n2,50\n")
    #expect(page.contains("0.25 after epoch 2") && page.contains("50.0 % after epoch 1") && page.contains("2 of 5"))
    #expect(page.contains("5.0 s"))
  }

  /// Weights and outputs from the first epoch on, with the index of each among several.
  @Test func writesTheNumbersOfANetwork() throws {
    try write(
      recordedNetwork([
        #"{"epoch":0,"parameters":[[1],[0]],"outputs":[[[0.5]]]}"#,
        #"{"epoch":1,"parameters":[[2],[null]],"outputs":[[[1]]]}"#,
      ]), "parameters.jsonl")
    _ = try page(absent)
    #expect(
      try String(contentsOfFile: folder("charts/weights.csv"), encoding: .utf8)
        == "epoch + 1,dense kernel,dense bias\n1,1,0\n2,2,\n")
    #expect(
      try String(contentsOfFile: folder("charts/outputs.csv"), encoding: .utf8) == "epoch + 1,dense\n1,0.5\n2,1\n")
  }

  @Test func drawsChainsOnly() throws {
    try write(
      recordedNetwork(
        [#"{"epoch":0,"parameters":[[1],[0]]}"#], layer: #"{"class_name":"Residual","config":{"layers":[]}}"#),
      "parameters.jsonl")
    let page = try page(absent)
    #expect(page.contains("The network is not drawn: its layer dense has branches"))
    #expect(!page.contains("id=\"network-data\""))
  }

  /// A table of many classes is not looked at: the pairs that are confused most are listed.
  @Test func listsConfusionsOfManyClasses() throws {
    var counts = (0..<40).map { row in (0..<40).map { $0 == row ? 10 : 0 } }
    counts[3][4] = 2
    counts[9][8] = 5
    let predictions = Predictions(
      model: "m", split: "test", store: "s", classNames: [], metrics: [],
      results: .classes(counts: counts, mistakes: []))
    let page = try page(.success(predictions))
    let rows = page.matches(of: #/<tr><td>(\d+)<\/td><td>(\d+)<\/td><td class="number">(\d+)<\/td>/#)
    #expect(rows.map { [$0.1, $0.2, $0.3] } == [["9", "8", "5"], ["3", "4", "2"]])
    #expect(!page.contains("class=\"confusion\""))
  }
}
