import FoundationEssentials
import HDF5
import NeuralNetwork
import Numerics

/// The whole lines of a file of JSON objects, one a line, as a run or a sweep writes it.
struct JSONLines {
  private let path: String
  private let lines: [ArraySlice<UInt8>]
  private let decoder = JSONDecoder()

  /// The number of lines.
  var count: Int { lines.count }

  /// Reads the file; a last line without its end is what a kill left of it: it is dropped.
  ///
  /// - Throws: `FileReadError` if it cannot be read.
  init(of path: String) throws {
    self.path = path
    let bytes = try FileReadError.contents(of: path)
    let newline = UInt8(ascii: "\n")
    lines = bytes.lastIndex(of: newline).map { bytes[..<$0] }?.split(separator: newline) ?? []
  }

  /// The object on a line, counted from 0; errors call it `noun`.
  ///
  /// - Throws: `ConfigurationError` with file and line if it is something else.
  func decode<T: Decodable>(_ type: T.Type, line: Int, noun: String) throws -> T {
    do {
      // What the decoder makes of a line takes many times its room.
      guard lines[line].count <= FileReadError.textLimit else { throw TooLong() }
      return try decoder.decode(type, from: Data(lines[line]))
    } catch {
      throw ConfigurationError(
        "expected \(noun), found \(Self.reason(error))", at: "\(path), line \(line + 1)",
        advice: "remove the line; the file was changed after it was written, or is another program's")
    }
  }

  private struct TooLong: Error {}

  private static func reason(_ error: any Error) -> String {
    switch error {
    case is TooLong: "a line of more than \(Text.byteCount(FileReadError.textLimit))"
    case DecodingError.keyNotFound(let key, _): "no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' of another type"
    default: "no JSON, or not all of it"
    }
  }
}
