/// Numbers as people read them, the same in every locale.
public enum Text {
  /// A number with so many decimals.
  public static func fixed(_ number: Double, _ decimals: Int) -> String {
    if number.isNaN { return "nan" }
    guard number.isFinite, number.magnitude < 1e12 else { return "\(number)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let digits = String(Int64((number.magnitude * scale).rounded()))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = number < 0 ? "-" : ""
    return decimals == 0 ? sign + padded : sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A time: `0.4 s`, `2 min 5 s`, `3 h 2 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e15 else { return "?" }
    if seconds < 10 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// A text in lines of so many characters, broken at spaces; a longer word has a line of its own.
  ///
  /// - Parameter indent: the spaces before all lines but the first.
  public static func wrapped(_ text: String, to width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      // A label in the margin stays with its text, however long that is.
      if let last = lines.last, last.count + 1 + word.count <= width || last.count < indent {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? "" : String(repeating: " ", count: indent)) + word)
      }
    }
    return lines
  }

  /// A hash as files and messages have it: 16 hexadecimal digits.
  public static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// A share in percent with one decimal: `98.6 %`.
  public static func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }

  /// A size in bytes: `812 bytes`, `47.0 MB`, `1.5 TB`; a kilobyte is 1,000.
  public static func byteCount(_ count: Int) -> String {
    var number = Double(count)
    guard number >= 1000 else { return "\(count) bytes" }
    var unit = ""
    for larger in ["kB", "MB", "GB", "TB", "PB", "EB"] where unit.isEmpty || number >= 999.95 {
      number /= 1000
      unit = larger
    }
    return "\(fixed(number, 1)) \(unit)"
  }

  /// A number without its decimals, with commas; one that has no such form as it is.
  public static func grouped(_ number: Double) -> String {
    number.magnitude < 1e15 ? grouped(Int(number)) : "\(number)"
  }

  /// A number of things: `1 class`, `1,000 classes`, `0 epochs`.
  public static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) " + (number == 1 ? noun : noun + (noun.hasSuffix("s") ? "es" : "s"))
  }

  /// A whole number with commas: `93,322`.
  public static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
