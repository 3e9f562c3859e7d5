import ArgumentParser
import Datasets
import Numerics

/// Checks a store through and through.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a store: its checksums, every label, every pixel.",
    discussion: """
      Ends with exit code 65 if anything is wrong, after a line for each finding that names the dataset and the samples.

      Example:
        cnn-dist dataset verify mnist.h5
      """)

  @Argument(help: "The image store to check.")
  var store: String

  func run() throws {
    let begin = ContinuousClock.now
    let progress = SampleProgress()
    defer { progress.clear() }
    let report = try StoreVerifier(path: store).verify { done, total in
      progress.show("checking", done, of: total) { "\(Text.byteCount(Int($0)))/s" }
    }
    progress.clear()
    if !report.findings.isEmpty {
      try StandardOutput.write(report.findings.joined(separator: "\n"))
      throw DamagedStoreError(store: store, findingCount: report.findings.count)
    }
    let time = Text.duration((ContinuousClock.now - begin) / .seconds(1))
    try StandardOutput.write(
      """
      \(store): \(Text.count(report.sampleCount, "sample")), \(Text.byteCount(report.byteCount)), checked in \(time)
      checksums   \(checksums(report))
      labels      all in range
      pixels      all finite
      """)
  }

  private func checksums(_ report: StoreVerifier.Report) -> String {
    let without = report.datasetsWithoutChecksums.joined(separator: ", ")
    if report.datasetsWithoutChecksums.isEmpty { return "all as written" }
    if report.datasetsWithChecksums.isEmpty { return "the store has none: damaged pixels go unnoticed" }
    return "\(report.datasetsWithChecksums.joined(separator: ", ")) as written; none of \(without)"
  }
}

/// A store that has not passed.
struct DamagedStoreError: Error, CustomStringConvertible {
  let store: String
  let findingCount: Int

  var description: String {
    "\(store): \(findingCount) \(findingCount == 1 ? "finding" : "findings"); import it again, or copy it again from where it was whole"
  }
}
