extension String {
  /// The text in so many characters, with its beginning and its end: what differs is often at either.
  func clipped(to width: Int) -> String {
    guard count > width, width > 0 else { return self }
    return prefix(width / 2) + "…" + suffix((width - 1) / 2)
  }
}
