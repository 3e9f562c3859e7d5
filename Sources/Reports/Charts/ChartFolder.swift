import Glibc
import HDF5

/// Where the charts of a report lie: for each its numbers, the script, and the pictures.
public struct ChartFolder: Sendable {
  /// The folder.
  public let path: String

  /// Names the folder.
  public init(_ path: String) { self.path = path }

  /// Writes numbers and scripts, and lets gnuplot draw.
  ///
  /// - Returns: the charts as figures of a page, and what there is to say if they could not be drawn.
  /// - Throws: `FileWriteError` if a file could not be written; that there is no gnuplot is no error.
  public func draw(_ charts: [any Chart]) throws -> (figures: [Figure], complaint: String?) {
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileWriteError(path: path, operation: "create", errno: errno, byteCount: 0)
    }
    for chart in charts {
      try AtomicFile.write(Array(Gnuplot.table(chart.table).text.utf8), to: "\(path)/\(chart.name).csv")
      try AtomicFile.write(Array(chart.script.utf8), to: "\(path)/\(chart.name).gp")
      // Pictures of other numbers would be taken for those of these.
      for kind in ["svg", "png"] { unlink("\(path)/\(chart.name).\(kind)") }
    }
    var complaint: String?
    let outcomes = Gnuplot.run(charts.map { "\($0.name).gp" }, in: path)
    let figures = try zip(charts, outcomes).map { chart, outcome in
      var figure = Figure(name: chart.name, title: chart.title, size: chart.size)
      switch outcome {
      case .drawn: figure.picture = try FileReadError.contents(of: "\(path)/\(chart.name).svg")
      case .notInstalled: complaint = complaint ?? "there is no gnuplot on the path; \(Gnuplot.advice)"
      case .failed(let reason):
        complaint = complaint ?? "gnuplot could not draw \(path)/\(chart.name).gp: \(reason)"
      }
      return figure
    }
    return (figures, complaint)
  }
}
