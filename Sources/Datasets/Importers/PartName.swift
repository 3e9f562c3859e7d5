/// What the name of a folder says about which part of the data it holds.
struct PartName: Equatable {
  /// What a folder may be for.
  enum Part: Hashable {
    /// A part with labels.
    case split(SplitName)
    /// Pictures that nobody has labelled.
    case unlabeled
  }

  let part: Part
  /// Whether the name says nothing else, as `training_set` and not as `seg_train`.
  let isWhole: Bool

  init(_ part: Part, isWhole: Bool) {
    self.part = part
    self.isWhole = isWhole
  }

  private static let words: [String: Part] = [
    "train": .split(.train), "training": .split(.train), "trn": .split(.train),
    "val": .split(.validation), "valid": .split(.validation), "validation": .split(.validation),
    "validate": .split(.validation), "dev": .split(.validation), "eval": .split(.validation),
    "evaluation": .split(.validation),
    "test": .split(.test), "testing": .split(.test), "tst": .split(.test), "holdout": .split(.test),
    "unlabeled": .unlabeled, "unlabelled": .unlabeled,
  ]

  /// Words that say nothing about the part.
  private static let fillers: Set = [
    "set", "sets", "data", "dataset", "image", "images", "img", "imgs", "picture", "pictures", "pics", "photos",
    "samples",
    "split", "folder", "dir",
  ]

  /// Understands `train`, `Training Set`, `test-images2`, `trainData`, `chest_xray_val`; nil if no word is that of a part,
  /// or if words of several are there.
  init?(_ name: String) {
    var parts: Set<Part> = []
    var isWhole = true
    for word in Self.words(of: name.replacing("hold-out", with: "holdout").replacing("hold_out", with: "holdout")) {
      if let part = Self.part(word) {
        parts.insert(part)
      } else if !Self.fillers.contains(word) {
        isWhole = false
      }
    }
    guard parts.count == 1, let part = parts.first else { return nil }
    self.init(part, isWhole: isWhole)
  }

  /// The part that a word names, perhaps with a filler written to it: `testset`.
  private static func part(_ word: String) -> Part? {
    if let part = words[word] { return part }
    for filler in fillers {
      if word.hasSuffix(filler), let part = words[String(word.dropLast(filler.count))] { return part }
      if word.hasPrefix(filler), let part = words[String(word.dropFirst(filler.count))] { return part }
    }
    return nil
  }

  /// The runs of letters in lower case; a capital behind a small letter begins another.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLowercase = false
    for character in name {
      if !character.isLetter || (character.isUppercase && wasLowercase) {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      wasLowercase = character.isLowercase
      if character.isLetter { word += character.lowercased() }
    }
    return word.isEmpty ? words : words + [word]
  }
}
