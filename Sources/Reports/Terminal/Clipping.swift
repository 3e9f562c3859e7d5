extension String {
  /// The text in lines of so many characters, broken at spaces; a longer word has a line of its own.
  ///
  /// - Parameter indent: the spaces before all lines but the first.
  func wrapped(to width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? "" : String(repeating: " ", count: indent)) + word)
      }
    }
    return lines
  }

  /// The text in so many characters, with its beginning and its end: what differs is often at either.
  func clipped(to width: Int) -> String {
    guard count > width, width > 0 else { return self }
    return prefix(width / 2) + "…" + suffix((width - 1) / 2)
  }
}
