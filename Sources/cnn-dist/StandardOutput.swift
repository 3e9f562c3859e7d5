import HDF5
import Numerics
import Training

/// The results of commands that end with them, written with checked writes.
enum StandardOutput {
  /// Writes a line, or several, whatever is in them.
  ///
  /// - Throws: `FileWriteError` if not all of it could be written. That nobody reads any more is no error.
  static func write(_ text: String) throws(FileWriteError) { try writeAsIs(Text.visibleLines(text)) }

  /// Writes lines that hold no text of others which a terminal would obey: JSON, or lines in colours.
  static func writeAsIs(_ text: String) throws(FileWriteError) { try StandardStream.output.write(text + "\n") }
}
