extension String {
  /// The text on one line, with spaces for what would steer a terminal or end a command of a script.
  var printable: String {
    var line = UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line)
  }

  /// The text in so many characters, with its beginning and its end: what differs is often at either.
  func clipped(to width: Int) -> String {
    guard count > width, width > 0 else { return self }
    return prefix(width / 2) + "…" + suffix((width - 1) / 2)
  }
}
