import Numerics

/// A batch script of `jobs/`, filled in line by line; its texts are part of the program.
struct JobScript {
  private var lines: [String]

  /// The text of the script.
  init(_ template: [UInt8]) {
    lines = String(decoding: template, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  /// The script as it is now.
  var text: String { lines.joined(separator: "\n") }

  /// Puts `replacements` in the place of the only line that begins with `beginning`.
  mutating func replace(_ beginning: String, with replacements: String?...) {
    let place = place(of: beginning)
    lines.replaceSubrange(place...place, with: replacements.compactMap(\.self))
  }

  /// Puts `more` behind the only line that begins with `beginning`.
  mutating func add(_ more: [String], after beginning: String) {
    lines.insert(contentsOf: more, at: place(of: beginning) + 1)
  }

  /// Sets the variable `name`, which the environment of a job may still set otherwise.
  mutating func set(_ name: String, to value: String) {
    edit(place(of: "\(name)=${\(name):-"), "\(name)=${\(name):-\(Text.shellWord(value))}")
  }

  /// Sets the list `name`.
  mutating func set(_ name: String, to values: [String]) {
    edit(place(of: "\(name)=("), "\(name)=(\(values.map(Text.shellWord).joined(separator: " ")))")
  }

  /// Changes a line, and keeps its comment.
  private mutating func edit(_ place: Int, _ text: String) {
    let comment = lines[place].ranges(of: " # ").last.map { lines[place][$0.lowerBound...] } ?? ""
    lines[place] = text + comment
  }

  private func place(of beginning: String) -> Int {
    let places = lines.indices.filter { lines[$0].hasPrefix(beginning) }
    guard places.count == 1, let place = places.first else {
      preconditionFailure("\(places.count) lines of the script begin with '\(beginning)', expected 1")
    }
    return place
  }
}
