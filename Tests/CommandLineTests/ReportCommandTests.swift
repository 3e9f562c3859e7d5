import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `cnn-dist report`: without gnuplot, and on what is no sweep.
  @Suite struct ReportCommandTests {
    private let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder("sweep/journal"), withIntermediateDirectories: true)
      try write(
        #"""
        {"axes": [{"setting": "l2", "values": [0.1, 1], "scale": "logarithmic", "is_range": false}],
         "is_latin_hypercube": false, "repeats": 1, "trials": 2,
         "stopping": "none", "store": "a.h5", "store_fingerprint": "", "validation": "test", "model": "digits",
         "epochs": 1, "program": "0.1.0", "configuration": ""}
        """#, to: "sweep/sweep.json")
      try write(
        #"""
        {"key": "a", "trial": 1, "point": {"l2": 0.1}, "seed": 0, "outcome": "completed", "epochs": 1, "training": \#
        {"accuracy": 0.75}, "validation": {"accuracy": 0.5}, "curve": [{"epoch": 1, "accuracy": 0.75}], "seconds": 1, \#
        "training_seconds": 1, "images_per_second": 10, "group": 0, "finished": "", "configuration": "l2: 0.1\n"}

        """#, to: "sweep/journal/1.jsonl")
    }

    private func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: folder(name)))
    }

    @Test func withoutGnuplot() throws {
      let result = try BuiltProgram.run(["report", "sweep/"], environment: ["PATH": folder.path], in: folder)
      #expect(result.status == 0)
      #expect(result.errors.contains("apt-get install gnuplot-nox"), "\(result.errors)")
      #expect(
        result.output == """
          Accuracy: L2 λ down, split across
                training    test
          10⁻¹   0.750     0.500*
             1     M         M
          * best  M missing

          sweep   digits on a.h5: 2 trials (1 completed, 1 missing); trained for 1.0 s in all
          best    test accuracy 0.500, training accuracy 0.750 at L2 λ 10⁻¹ (trial 1)
          train   mpirun -n 8 cnn-dist train --config sweep/best.yaml
          report  sweep/report.html

          """)
      let charts = try FileManager.default.contentsOfDirectory(atPath: folder("sweep/charts")).sorted()
      #expect(
        charts == [
          "accuracy.csv", "accuracy.gp", "curves-training-accuracy.csv", "curves-training-accuracy.gp",
        ])
      let page = try String(contentsOf: URL(filePath: folder("sweep/report.html")), encoding: .utf8)
      #expect(page.contains("<details open>") && page.contains("apt-get install gnuplot-nox"))
    }

    /// A run that has not come to its first checkpoint is one all the same.
    @Test func beforeTheFirstCheckpoint() throws {
      try FileManager.default.createDirectory(atPath: folder("run/checkpoints"), withIntermediateDirectories: true)
      try write("store: \(BuiltProgram.digits)\n", to: "run/config.yaml")
      try write("", to: "run/metrics.jsonl")
      for command in ["report", "evaluate"] {
        let result = try BuiltProgram.run([command, "run"], in: folder)
        #expect(result.status == (command == "report" ? 0 : 66), "\(result.errors)")
        #expect(result.errors.contains("no checkpoint in it yet; the first comes after 10 min"), "\(result.errors)")
      }
    }

    /// What no report has written stays as it is, unless it is to be replaced.
    @Test(arguments: ["report.html", "results.csv", "results.json", "charts/loss.png"])
    func whatIsOfSomebodyElse(name: String) throws {
      try FileManager.default.createDirectory(atPath: folder("sweep/charts"), withIntermediateDirectories: true)
      try write("mine", to: "sweep/\(name)")
      let path = ["PATH": folder.path]
      let refused = try BuiltProgram.run(["report", "sweep"], environment: path, in: folder)
      let place = name.prefix { $0 != "/" }
      #expect(
        refused.status == 65
          && refused.errors.contains("sweep/\(place): it is there already, and not of an earlier report"),
        "\(refused.errors)")
      #expect(try Data(contentsOf: URL(filePath: folder("sweep/\(name)"))) == Data("mine".utf8))
      #expect(!FileManager.default.fileExists(atPath: folder("sweep/best.yaml")))
      for flags in [["--force"], []] where flags == ["--force"] || name != "charts/loss.png" {
        let result = try BuiltProgram.run(["report", "sweep"] + flags, environment: path, in: folder)
        #expect(result.status == 0, "\(flags): \(result.errors)")
      }
    }

    /// The pages of 0.1.0 did not say what had made them.
    @Test func anEarlierVersionsReport() throws {
      try FileManager.default.createDirectory(atPath: folder("sweep/charts"), withIntermediateDirectories: true)
      try write("# gnuplot a.gp draws a.svg and a.png from a.csv.\n", to: "sweep/charts/a.gp")
      try write(
        "<!DOCTYPE html>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
          + "style-src 'unsafe-inline'; script-src 'sha256-abc'\">", to: "sweep/report.html")
      let result = try BuiltProgram.run(["report", "sweep"], environment: ["PATH": folder.path], in: folder)
      #expect(result.status == 0, "\(result.errors)")
    }

    @Test(arguments: [("nowhere", 66, "cannot be read"), (".", 65, "expected a run's folder, or a sweep's")])
    func whatIsNoSweep(name: String, status: Int32, message: String) throws {
      let result = try BuiltProgram.run(["report", name], in: folder)
      #expect(result.status == status)
      #expect(result.errors.contains("cnn-dist: \(name): ") && result.errors.contains(message), "\(result.errors)")
    }

    @Test func aJournalThatIsNone() throws {
      try write("{}\n", to: "sweep/journal/2.jsonl")
      let result = try BuiltProgram.run(["report", "sweep"], in: folder)
      #expect(result.status == 65)
      #expect(result.errors.contains("sweep/journal/2.jsonl, line 1"), "\(result.errors)")
    }
  }
}
