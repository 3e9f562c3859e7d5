import Glibc

/// The colours that a terminal can show.
public enum TerminalColors: Sendable, Equatable {
  /// None: a file, a pipe, or a user who wants none.
  case none
  /// The 256 of xterm.
  case indexed
  /// All.
  case all

  /// What the environment of this process says (`NO_COLOR`, `COLORTERM`, `TERM`) about a terminal.
  public static func ofThisProcess(isTerminal: Bool) -> TerminalColors {
    chosen(isTerminal: isTerminal) { name in getenv(name).map { String(cString: $0) } }
  }

  static func chosen(isTerminal: Bool, environment: (String) -> String?) -> TerminalColors {
    guard isTerminal, environment("NO_COLOR")?.isEmpty ?? true, environment("TERM") != "dumb" else { return .none }
    return ["truecolor", "24bit"].contains(environment("COLORTERM")) ? .all : .indexed
  }

  /// Text on a ground of this colour, in the ink that can be read on it.
  func text(_ text: String, on color: Viridis.Color) -> String {
    let ink = color.takesDarkInk
    switch self {
    case .none: return text
    case .all:
      return
        "\u{1B}[48;2;\(color.red);\(color.green);\(color.blue);38;2;\(ink ? "0;0;0" : "255;255;255")m\(text)\u{1B}[0m"
    case .indexed:
      return "\u{1B}[48;5;\(Self.index(of: color));38;5;\(ink ? 16 : 231)m\(text)\u{1B}[0m"
    }
  }

  /// The nearest of the 6 × 6 × 6 colours of xterm's cube, which begin at 16.
  private static func index(of color: Viridis.Color) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    let nearest = [color.red, color.green, color.blue].map { part in
      levels.indices.min { (levels[$0] - part).magnitude < (levels[$1] - part).magnitude } ?? 0
    }
    return 16 + 36 * nearest[0] + 6 * nearest[1] + nearest[2]
  }
}
