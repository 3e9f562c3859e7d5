/// Numbers below 0 behind flags: the parser takes `-1` for a flag of its own.
enum NegativeNumber {
  /// The arguments with a negative number, or a range that begins with one, joined to the flag before it: `--epochs=-1`.
  ///
  /// What follows `--` stays as it is: it is read by itself.
  static func joined(_ arguments: some Sequence<String>) -> [String] {
    var joined: [String] = []
    var isOver = false
    for argument in arguments {
      isOver = isOver || argument == "--"
      if !isOver, begins(argument), let flag = joined.last, flag.hasPrefix("--"), !flag.contains("=") {
        joined[joined.count - 1] = "\(flag)=\(argument)"
      } else {
        joined.append(argument)
      }
    }
    return joined
  }

  /// Whether a text begins as a number below 0.
  private static func begins(_ text: String) -> Bool { text.prefixMatch(of: /-(\.?[0-9]|inf|nan)/) != nil }
}
