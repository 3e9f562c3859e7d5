/// What somebody may have meant by a name that is not known.
public enum Meaning: Sendable, Equatable {
  /// What other programs call so has this name here.
  case same(String)
  /// A slip of the hand: this name is meant.
  case misspelt(String)
  /// It is no setting here; the text says what there is instead.
  case elsewhere(String)

  /// Looks for `name` among the known names, which may be paths such as `optimizer.momentum`; nil if none is near.
  ///
  /// Settings within others are also found by their last part.
  public init?(of name: String, among known: [String]) {
    let plain = Self.plain(name)
    if let path = known.first(where: { Self.plain($0) == plain }) {
      self = .misspelt(path)
    } else if let path = Self.path(Synonyms.names[plain] ?? [], known) {
      self = .same(path)
    } else if let text = Synonyms.notes[plain] {
      self = .elsewhere(text)
    } else if let path = known.first(where: { Self.plain(Self.lastPart($0)) == Self.plain(Self.lastPart(name)) }) {
      self = .same(path)
    } else if let near = nearest(to: name, among: known) {
      self = .misspelt(near)
    } else if let near = nearest(to: name, among: known.map(Self.lastPart)), let path = Self.path([near], known) {
      self = .misspelt(path)
    } else {
      return nil
    }
  }

  /// What to say about `name` where it is the key of a file.
  public func advice(about name: String) -> String {
    switch self {
    case .same(let known): "'\(name)' is '\(known)' here"
    case .misspelt(let known): "did you mean '\(known)'?"
    case .elsewhere(let text): text
    }
  }

  private static func path(_ names: [String], _ known: [String]) -> String? {
    for name in names {
      if let path = known.first(where: { $0 == name }) ?? known.first(where: { lastPart($0) == name }) { return path }
    }
    return nil
  }

  private static func lastPart(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? path }

  /// A name without what is written in one way or the other: `learningRate`, `learning-rate`, `learning_rate`.
  static func plain(_ name: String) -> String { String(name.lowercased().filter { $0 != "_" && $0 != "-" }) }
}

/// The candidate that differs from `name` in the fewest letters, if it is close enough to be a slip of the hand.
public func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
  let plain = Meaning.plain(name)
  let best = candidates.map { ($0, editDistance(plain, Meaning.plain($0))) }.min { $0.1 < $1.1 }
  // Of two letters, one other is another word.
  guard let best, best.1 == 0 || best.1 <= max(plain.count < 3 ? 0 : 1, plain.count / 3) else { return nil }
  return best.0
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string
/// alignment).
private func editDistance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first), Array(second))
  var before: [Int] = []
  var row = Array(0...second.count)
  for i in first.indices {
    var next = [i + 1]
    for j in second.indices {
      var distance = min(row[j] + (first[i] == second[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
      if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
        distance = min(distance, before[j - 1] + 1)
      }
      next.append(distance)
    }
    (before, row) = (row, next)
  }
  return row[second.count]
}
