import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The report of a run, made by the program.
  @Suite struct RunReportTests {
    private func report(_ run: TrainingRun) throws -> (page: String, errors: String) {
      let result = try BuiltProgram.run(["report", "run"], in: run.folder)
      try #require(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output == "report  run/report.html\n")
      return (String(decoding: try run.bytes("report.html"), as: UTF8.self), result.errors)
    }

    /// The counts of the confusion matrix, and the samples among the mistakes, add up to the split.
    @Test(.timeLimit(.minutes(1))) func showsWhatThereIs() throws {
      let run = try TrainingRun("--epochs", "3")
      try run.train(ranks: 1)
      let page = try report(run).page
      let counts = page.matches(of: #/title="(\d) taken for (\d): (\d+) of \d+"/#)
        .map { (row: $0.1, column: $0.2, count: Int($0.3) ?? 0) }
      #expect(counts.count == 100)
      #expect(counts.reduce(0) { $0 + $1.count } == 360)
      let wrong = counts.filter { $0.row != $0.column }.reduce(0) { $0 + $1.count }
      let hits = try #require(page.firstMatch(of: #/accuracy [\d.]+ % \((\d+) of 360\)/#))
      #expect(hits.1 == "\(360 - wrong)")
      #expect(page.matches(of: #/alt="sample \d+ of test"/#).count == min(wrong, 48))
      #expect(
        try String(contentsOfFile: run.path("charts/loss.csv"), encoding: .utf8).split(separator: "\n").count == 4)
      #expect(!page.contains("network-data"))

      // As if it had been killed, and its store had gone since.
      try FileManager.default.removeItem(atPath: run.path("done"))
      let settings = try String(contentsOfFile: run.path("config.yaml"), encoding: .utf8)
      try settings.replacing("digits.h5", with: "gone.h5")
        .write(toFile: run.path("config.yaml"), atomically: true, encoding: .utf8)
      let (other, errors) = try report(run)
      #expect(other.contains("Training is not complete"))
      #expect(other.contains("The model was not evaluated") && other.contains("gone.h5"))
      #expect(errors.contains("warning: The model was not evaluated"))
    }

    /// A regression without validation split, and with a recorded network.
    @Test(.timeLimit(.minutes(1))) func drawsTheNetwork() throws {
      let run = try TrainingRun()
      let result = try BuiltProgram.run(
        [
          "train", "--model", "byhand-ann", "--store", RecordingTests.store("byhand_ann"), "--loss",
          "half_squared_error", "--batch-size", "1", "--epochs", "5", "--record-parameters", "--output", "run",
        ], in: run.folder)
      try #require(result.status == 0, "\(result.errors)")
      let page = try report(run).page
      #expect(page.contains(#"<script type="application/json" id="network-data">{"epochs":[{"epoch":0,"#))
      for chart in ["loss", "weights", "outputs", "predictions"] {
        #expect(FileManager.default.fileExists(atPath: run.path("charts/\(chart).csv")), "\(chart)")
      }
      #expect(page.contains("on the train split of") && !page.contains("Confusion matrix"))
    }

    /// The name of a layer in gnuplot's own language: a sign before the quote makes one character of both.
    @Test(.timeLimit(.minutes(1))) func runsNoName() throws {
      let run = try TrainingRun()
      let name = #"a\u0600'; system \"id > spoilt; touch spoilt2\"; plot data skip 1 using 1:2 title '"#
      try #"{"name": "m", "layers": ["Flatten", {"Dense": {"units": 1, "name": "\#(name)"}}]}"#
        .write(toFile: run.folder("names.yaml"), atomically: true, encoding: .utf8)
      let result = try BuiltProgram.run(
        [
          "train", "--model", "names.yaml", "--store", RecordingTests.store("byhand_ann"), "--loss",
          "half_squared_error", "--batch-size", "1", "--epochs", "2", "--record-parameters", "--output", "run",
        ], in: run.folder)
      try #require(result.status == 0, "\(result.errors)")
      let page = try report(run).page
      #expect(page.unicodeScalars.contains("\u{600}"))
      let weights = try String(contentsOfFile: run.path("charts/weights.svg"), encoding: .utf8)
      #expect(weights.unicodeScalars.split(separator: "\n").contains { String($0).contains("touch spoilt2") })
      for folder in [run.folder.path, run.path("."), run.path("charts")] {
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.contains("spoilt") })
      }
    }
  }
}
