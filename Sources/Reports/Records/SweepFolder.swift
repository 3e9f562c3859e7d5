import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork
import Numerics

/// What a sweep leaves behind: what it is, the journals of its trials, and the report.
public struct SweepFolder: Sendable {
  /// The folder.
  public let path: String

  /// Names the folder; nothing is made yet.
  public init(_ path: String) { self.path = path }

  /// What the sweep is.
  public var descriptionFile: String { "\(path)/sweep.json" }
  /// The journals: one file for each part and group, so that no two processes write to one.
  public var journalsFolder: String { "\(path)/journal" }
  /// What each group says while it trains.
  public var logsFolder: String { "\(path)/logs" }

  /// Whether there is a sweep in the folder.
  public var hasSweep: Bool { access(descriptionFile, F_OK) == 0 }

  /// The journals that there are, in the order of their names.
  public var journals: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: journalsFolder)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(journalsFolder)/\($0)" }
  }

  /// What the sweep is.
  ///
  /// - Throws: `FileReadError`, or `ConfigurationError` if the file is not one of ours.
  public func description() throws -> SweepDescription {
    let bytes = try FileReadError.contents(of: descriptionFile, upTo: FileReadError.textLimit)
    do {
      return try JSONDecoder().decode(SweepDescription.self, from: Data(bytes))
    } catch {
      throw ConfigurationError(
        "not the description of a sweep: \(Self.reason(error))", at: descriptionFile,
        advice: "the file was changed after it was written, or is another program's")
    }
  }

  /// The records of all journals; of two about the same trial the one that came further, or else the first.
  ///
  /// A failed trial is trained again when the sweep goes on, and a stopped one when nothing stops trials any more.
  ///
  /// A last line without its end is what a kill left of it: it is dropped.
  ///
  /// - Throws: `FileReadError`, or `ConfigurationError` with file and line if a whole line is not a record.
  public func records() throws -> [TrialRecord] {
    var records: [String: TrialRecord] = [:]
    for journal in journals {
      for record in try Self.records(in: journal) {
        if let known = records[record.key], known.outcome.finality >= record.outcome.finality { continue }
        records[record.key] = record
      }
    }
    return records.values.sorted { ($0.trial, $0.key) < ($1.trial, $1.key) }
  }

  /// The records of one journal.
  public static func records(in journal: String) throws -> [TrialRecord] {
    let bytes = try FileReadError.contents(of: journal)
    let newline = UInt8(ascii: "\n")
    let whole = bytes.lastIndex(of: newline).map { bytes[..<$0] } ?? []
    let decoder = JSONDecoder()
    return try whole.split(separator: newline).enumerated().map { number, line in
      do {
        // What the decoder makes of a line takes many times its room.
        guard line.count <= FileReadError.textLimit else { throw TooLong() }
        return try decoder.decode(TrialRecord.self, from: Data(line))
      } catch {
        throw ConfigurationError(
          "not the record of a trial: \(reason(error))", at: "\(journal), line \(number + 1)",
          advice: "remove the line, and the trial is trained again")
      }
    }
  }

  private struct TooLong: Error {}

  private static func reason(_ error: any Error) -> String {
    switch error {
    case is TooLong: "it has more than \(Text.byteCount(FileReadError.textLimit))"
    case DecodingError.keyNotFound(let key, _): "it has no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of another type"
    default: "it is no JSON, or not all of it"
    }
  }
}

extension TrialRecord.Outcome {
  /// How much there is left to do: the larger, the less.
  fileprivate var finality: Int {
    switch self {
    case .failed: 0
    case .stopped: 1
    case .completed, .diverged: 2
    }
  }
}
