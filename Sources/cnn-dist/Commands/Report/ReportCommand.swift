import ArgumentParser
import Reports
import Training

/// Makes the report of a run.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make the report of a run: a page that can be sent as one file, and its charts.",
    discussion: """
      Writes FOLDER/report.html, and the numbers, scripts and pictures of all charts to FOLDER/charts.

      Example:
        cnn-dist report runs/digits
      """)

  @Argument(help: "The folder of the run.")
  var folder: String

  func run() throws {
    try RunReporting(folder: RunFolder(folder)).write()
  }
}
