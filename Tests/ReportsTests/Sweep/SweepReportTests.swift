import Foundation
import HDF5
import NeuralNetwork
import TestSupport
import Testing

@testable import Reports

@Suite struct SweepReportTests {
  private let folder: TemporaryFolder
  private var sweep: SweepFolder { SweepFolder(folder("it's a sweep")) }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ description: SweepDescription, _ records: [TrialRecord]) throws -> ReportOutcome {
    try FileManager.default.createDirectory(atPath: sweep.journalsFolder, withIntermediateDirectories: true)
    try AtomicFile.write(Array(JSONEncoder().encode(description)), to: sweep.descriptionFile)
    let lines = try records.flatMap { Array(try JSONEncoder().encode($0)) + Array("\n".utf8) }
    try AtomicFile.write(lines, to: "\(sweep.journalsFolder)/all.jsonl")
    return try SweepReport(sweep).write()
  }

  private func file(_ name: String) throws -> String {
    String(decoding: try FileReadError.contents(of: "\(sweep.path)/\(name)"), as: UTF8.self)
  }

  /// What the page says, without its pictures.
  private func page() throws -> String {
    let page = try file("report.html")
    let body = page.firstIndex(of: "\n").map { page[$0...].replacing(/base64,[^"]+/, with: "") } ?? ""
    return String(body.split(separator: "<body>")[1])
  }

  @Test func writesPagePicturesTablesAndTheBestSettings() throws {
    let outcome = try write(SweepFixture.states.description, SweepFixture.states.trials)
    #expect(outcome.complaint == nil)
    for chart in ["training-accuracy", "validation-accuracy", "curves-training-accuracy", "curves-validation-loss"] {
      for kind in ["csv", "gp", "png", "svg"] {
        #expect(try FileReadError.contents(of: "\(sweep.path)/charts/\(chart).\(kind)").count > 40)
      }
    }
    #expect(try page().split(separator: "data:image/svg+xml;").count == 7)
    #expect(try file("best.yaml") == "seed: 0  # 3\n")
    #expect(
      outcome.text(width: nil, colors: .none).hasSuffix(
        """
        sweep   digits on datasets/digits.h5: 6 trials (2 completed, 1 diverged, 1 stopped, 1 failed, 1 missing); \
        trained for 13 s in all
        best    test accuracy 0.976, training accuracy 0.990 at learning rate η 10⁻³, L2 λ 10⁻⁴ (trial 3)
        train   mpirun -n 8 cnn-dist train --config '\(folder.path)/it'\\''s a sweep/best.yaml'
        report  \(folder.path)/it's a sweep/report.html
        """))
  }

  /// No word is broken in the middle, and what is copied is one line.
  @Test func linesOfANarrowTerminal() throws {
    let outcome = try write(SweepFixture.states.description, SweepFixture.states.trials)
    let lines = outcome.text(width: 60, colors: .none).split(separator: "\n")
    #expect(lines.contains("sweep   digits on datasets/digits.h5: 6 trials (2 completed,"))
    #expect(lines.contains("        1 diverged, 1 stopped, 1 failed, 1 missing); trained"))
    #expect(lines.contains { $0.hasPrefix("train   mpirun") && $0.hasSuffix("best.yaml'") })
  }

  @Test func namesOfSettings() {
    let axes = ["optimizer.learning_rate", "optimizer.momentum", "a.units", "b.units", "augmentation.rotation_range"]
      .map { SweepDescription.Axis(setting: $0, values: [.int(1)], scale: .linear) }
    #expect(
      SweepAxis.axes(of: axes).map(\.title) == ["learning rate η", "momentum", "a.units", "b.units", "rotation range"])
  }

  @Test func theTableIsSortedByNumbers() throws {
    _ = try write(SweepFixture.states.description, SweepFixture.states.trials)
    let page = try page()
    #expect(page.contains(#"<th scope="col" class="number">test accuracy</th>"#))
    #expect(
      page.contains(
        #"<tr class="best"><td class="number">3</td><td class="number" data-value="0.001">10⁻³</td>"#
          + #"<td class="number" data-value="0.0001">10⁻⁴</td><td>completed</td>"#))
    // What failed has no number: an empty cell, which is sorted last.
    #expect(page.contains(#"<td>failed</td><td class="number"></td>"#))
    #expect(page.contains(#"<td class="number" data-value="12345.6">12,345</td>"#))
  }

  @Test func whateverTheDataSayIsText() throws {
    let evil = #"</script><script>alert("1")</script> & 'x' <img src=x onerror=alert(2)>"#
    let quote = "\"\u{301} onmouseover=alert(3) x=\"\n"
    let axes = [SweepDescription.Axis(setting: "a<b>", values: [.string(evil), .string(quote)], scale: .listed)]
    let outcome = try write(
      SweepFixture.grid(axes: axes, model: evil),
      [
        SweepFixture.trial(1, at: ["a<b>": .string(evil)], training: 0.5, test: 0.5),
        SweepFixture.trial(2, at: ["a<b>": .string(quote)], .failed, reason: "\u{1B}[2J " + evil),
      ])
    #expect(outcome.complaint == nil)
    let page = try page()
    #expect(!page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("\"\u{301}"))
    #expect(page.contains("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"))
    #expect(!outcome.text(width: 80, colors: .none).unicodeScalars.contains("\u{1B}"))
    let csv = try file("results.csv")
    #expect(csv.hasPrefix("trial,a<b>,seed,outcome,reason,epochs,training_accuracy,validation_accuracy,seconds,"))
    #expect(
      csv.contains(
        #"1,"</script><script>alert(""1"")</script> & 'x' <img src=x onerror=alert(2)>",0,completed,,2,0.5,0.5,2.5,"#))
  }

  @Test func resultsForPrograms() throws {
    _ = try write(SweepFixture.states.description, SweepFixture.states.trials)
    let results = try JSONDecoder().decode(ConfigurationValue.self, from: Data(try file("results.json").utf8))
    guard case .mapping(let file) = results, case .array(let points)? = file["points"],
      case .mapping(let best) = points[2], case .mapping(let validation)? = best["validation"]
    else {
      Issue.record("results.json has another form")
      return
    }
    #expect(file["best_trial"] == .int(3))
    #expect(file["split"] == .string("test"))
    #expect(best["best"] == .bool(true))
    #expect(validation["accuracy"] == .mapping(["mean": .double(0.9755), "count": .int(1)]))
  }

  @Test func aSweepThatHasJustBegun() throws {
    let outcome = try write(SweepFixture.grid(), [])
    #expect(outcome.lines[1] == "best    none: no trial has a number yet")
    #expect(try page().contains("6 of 6 trials are still to be trained"))
    #expect(!FileManager.default.fileExists(atPath: "\(sweep.path)/best.yaml"))
  }

  @Test func sampledSweepsAreDrawnAsPoints() throws {
    let axes = ["l2", "optimizer.learning_rate", "optimizer.momentum"].map {
      SweepDescription.Axis(setting: $0, values: [.double(0.001), .int(1)], scale: .logarithmic)
    }
    let trials = (1...4).map { number in
      let point = axes.map { ($0.setting, ConfigurationValue.double(0.2 * Double(number))) }
      return SweepFixture.trial(
        number, at: Dictionary(uniqueKeysWithValues: point), number == 1 ? .diverged : .completed,
        training: 0.2 * Double(number), test: 0.2 * Double(number))
    }
    let charts = SweepCharts(SweepResults(SweepFixture.grid(axes: axes, sampled: 4), trials))
    #expect(
      charts.settings.map(\.name) == [
        "validation-accuracy-1-2", "validation-accuracy-1-3", "validation-accuracy-2-3", "parallel-coordinates",
      ])
    #expect(
      charts.settings.map(\.title) == [
        "Test accuracy by L2 λ and learning rate η", "Test accuracy by L2 λ and momentum",
        "Test accuracy by learning rate η and momentum", "All settings and the test accuracy of each trial",
      ])
    // Each axis is one line, whether its numbers stand on it or at its ends.
    let script = try #require(charts.settings.last?.script)
    let places = script.split(separator: "\n").compactMap {
      $0.wholeMatch(of: /set arrow from ([0-9.]+),0 to ([0-9.]+),1 nohead .*/).map { [Double($0.1), Double($0.2)] }
    }
    #expect(places == [[0, 0], [1, 1], [2, 2], [3, 3]])
    #expect(charts.settings[0].table.rows.last == ["4", "0.8", "0.8", "0.8", "completed", "1"])
  }

  @Test func everyKindOfChartIsDrawn() throws {
    let names = ["it's \"1\" `x`", "#2, {b}_\\", "@three\n"]
    let axes = [
      SweepDescription.Axis(setting: "a\"'_{b}", values: names.map { .string($0) }, scale: .listed),
      SweepDescription.Axis(setting: "l2", values: [.double(0.001), .int(1)], scale: .logarithmic),
    ]
    let trials = TrialRecord.Outcome.allCases.enumerated().map { number, outcome in
      let test = outcome == .failed ? nil : 0.2 * Double(number + 1)
      return SweepFixture.trial(
        number, at: ["a\"'_{b}": .string(names[number % 3]), "l2": .double(0.1)], seed: number, outcome,
        training: test, test: test)
    }
    let sampled = SweepCharts(SweepResults(SweepFixture.grid(axes: axes, sampled: 4), trials))
    let one = SweepCharts(SweepResults(SweepFixture.grid(repeats: 2, axes: [axes[0]]), trials))
    let charts = ChartFolder(folder("charts"))
    let (figures, complaint) = try charts.draw(sampled.settings + one.settings)
    #expect(complaint == nil)
    #expect(figures.map(\.name) == ["validation-accuracy-1-2", "parallel-coordinates", "accuracy"])
    for figure in figures {
      let picture = String(decoding: try #require(figure.picture), as: UTF8.self)
      #expect(picture.split(separator: "\n").contains { $0.contains("#2, {b}_\\") })
    }
  }

  @Test func refusesADescriptionThatCannotBe() throws {
    var description = SweepFixture.grid()
    description.repeats = -1
    #expect { _ = try write(description, []) } throws: { "\($0)".contains("sweep.json: expected at least one seed") }
  }

  @Test func noMoreCurvesThanCanBeSeen() {
    let trials = (1...500).map {
      SweepFixture.trial($0, row: $0 % 3, column: $0 % 2, seed: $0, training: 0.5, test: Double($0) / 500)
    }
    let charts = SweepCharts(SweepResults(SweepFixture.grid(repeats: 84), trials))
    #expect(charts.remarks == ["Of 500 learning curves 150 are drawn, good and bad ones alike."])
    #expect(Set(charts.curves[0].table.rows.compactMap(\.first)).count == 150)
  }
}
