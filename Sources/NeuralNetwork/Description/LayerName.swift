/// How Keras names layers after their class.
public enum LayerName {
  /// Snake case, as Keras forms it: `conv2d`, `max_pooling2d`, `re_lu`.
  public static func snakeCase(of className: String) -> String {
    var name = ""
    var previous: Character = "_"
    let letters = Array(className)
    for (index, letter) in letters.enumerated() {
      let endsRun = letter.isUppercase && index + 1 < letters.count && letters[index + 1].isLowercase
      if letter.isUppercase && previous != "_" && (previous.isLowercase || endsRun) { name += "_" }
      name += letter.lowercased()
      previous = letter
    }
    return name
  }
}
