import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork

/// What is where a report is to be written: it replaces an earlier one, and nothing else.
public struct ReportPlace: Sendable {
  /// The folder of the run or the sweep.
  public let folder: String

  /// Names the folder.
  public init(_ folder: String) { self.folder = folder }

  /// Makes sure that what is there is an earlier report, or nothing.
  ///
  /// - Throws: `ConfigurationError` that names what is not.
  public func requireNothingForeign() throws(ConfigurationError) {
    try require("report.html", isOurs: Self.isPage)
    if SweepFolder(folder).hasSweep {
      try require("results.csv") { $0.starts(with: Array("trial,".utf8)) }
      try require("results.json") { (try? JSONDecoder().decode(Results.self, from: Data($0))) != nil }
    }
    let charts = "\(folder)/charts"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: charts)) ?? []).filter { !$0.hasPrefix(".") }
    // The first file of a report that was ended is the numbers of a chart, the second its script.
    guard
      names.isEmpty || names.count == 1 && names[0].hasSuffix(".csv")
        || names.contains(where: { isScript("\(charts)/\($0)") })
    else { throw foreign(charts) }
  }

  /// Whether a file is the script of a chart, see ``Chart/script``.
  private func isScript(_ path: String) -> Bool {
    path.hasSuffix(".gp") && (try? FileReadError.contents(of: path))?.starts(with: Array("# gnuplot ".utf8)) == true
  }

  private func require(_ name: String, isOurs: ([UInt8]) -> Bool) throws(ConfigurationError) {
    let path = "\(folder)/\(name)"
    guard access(path, F_OK) == 0 else { return }
    guard let bytes = try? FileReadError.contents(of: path), isOurs(bytes) else { throw foreign(path) }
  }

  /// A page says what has made it; those of 0.1.0 have the same policy.
  private static func isPage(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(1000), as: UTF8.self)
    return head.contains("<meta name=\"generator\" content=\"cnn-dist\">")
      || head.contains("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-")
  }

  /// What every `results.json` has.
  private struct Results: Decodable {
    let points: [ConfigurationValue]
    let trials: [ConfigurationValue]
  }

  private func foreign(_ path: String) -> ConfigurationError {
    ConfigurationError(
      "it is there already, and not of an earlier report, which the new one would replace", at: path,
      advice: "move it away, or add --force to cnn-dist report")
  }
}
