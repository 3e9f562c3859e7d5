import Datasets
import HDF5
import MPI
import NeuralNetwork
import Numerics
import OneDNN
import Reports
import Training

/// Makes the report of a single run: evaluates its model, and lets the report write page and charts.
struct RunReporting {
  /// The run.
  let folder: RunFolder

  /// Writes the report, and says where it is.
  ///
  /// - Parameter world: a communicator of this rank alone.
  /// - Throws: `FileReadError` or ``ConfigurationError`` if settings or metrics cannot be read.
  func write(on world: Communicator) throws -> ReportOutcome {
    let limit = FileReadError.textLimit
    let bytes = try FileReadError.contents(of: folder.configurationFile, upTo: limit)
    let text = String(decoding: bytes, as: UTF8.self)
    let configuration = try ConfigurationTree(yaml: text, from: folder.configurationFile)
      .decode(TrainingConfiguration.self)
    var report = RunReport(
      folder: folder.path, title: "Training \(try configuration.modelDescription().name)",
      facts: try facts(of: configuration), epochs: configuration.epochs, isComplete: folder.isDone, settings: text,
      predictions: .failure(RunReport.Absence("Nothing was evaluated.")))
    do {
      let predictions = try RunPredictions(of: folder, configuration, on: world).made()
      report.classNames = predictions.classNames
      report.predictions = .success(predictions)
    } catch {
      // What is known without the samples is worth a page.
      let reason = "The model was not evaluated: \(error)"
      StandardErrorLog.logger.warning("\(reason)")
      report.predictions = .failure(RunReport.Absence(reason + "."))
    }
    let complaint = try report.write()
    return ReportOutcome(
      page: report.pageFile, lines: ["report  \(report.pageFile)"], complaint: complaint)
  }

  private func facts(of configuration: TrainingConfiguration) throws -> [RunReport.Fact] {
    let optimizer = configuration.optimizer.value
    var facts = [
      RunReport.Fact("Model", try configuration.modelDescription().name),
      RunReport.Fact("Store", Path.name(of: configuration.store)),
      RunReport.Fact("Loss", type(of: configuration.loss.value).kind),
      RunReport.Fact("Optimizer", "\(type(of: optimizer).kind), learning rate \(optimizer.learningRate)"),
      RunReport.Fact("Batch size", "\(configuration.batchSize)"),
      RunReport.Fact("Seed", "\(configuration.seed)"),
    ]
    // `20 epochs, 300 steps: validation_loss has not improved for 5 epochs`
    let bytes = try? FileReadError.contents(of: folder.doneFile, upTo: FileReadError.textLimit)
    let end = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if folder.isDone, let colon = end.firstIndex(of: ":") {
      let reason = end[end.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      facts.append(RunReport.Fact("Stopped early", reason))
    }
    return facts
  }
}
