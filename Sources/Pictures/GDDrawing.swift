internal import CGD

/// Drawing: white paper, pictures, frames and lines of text.
extension GDImage {
  /// White paper of that size.
  ///
  /// The corresponding C function is `gdImageCreateTrueColor`.
  static func paper(width: Int, height: Int) -> GDImage? {
    guard let columns = Int32(exactly: width), let rows = Int32(exactly: height),
      let paper = GDImage(gdImageCreateTrueColor(columns, rows))
    else { return nil }
    gdImageFilledRectangle(paper.image, 0, 0, columns - 1, rows - 1, 0xFFFFFF)
    return paper
  }

  /// Draws a picture with its top left corner at a place, every pixel as a square of `scale` pixels, in a thin grey frame.
  ///
  /// The corresponding C function is `gdImageRectangle`.
  func draw(_ picture: Picture, x: Int, y: Int, scale: Int) {
    let (width, height) = (picture.width * scale, picture.height * scale)
    precondition(x > 0 && y > 0 && x + width < self.width && y + height < self.height, "a picture within the paper")
    let colours = picture.colour.pixels
    for row in 0..<height {
      guard let line = image.pointee.tpixels[y + row] else { continue }
      for column in 0..<width {
        let place = 3 * (row / scale * picture.width + column / scale)
        line[x + column] = Int32(colours[place]) << 16 | Int32(colours[place + 1]) << 8 | Int32(colours[place + 2])
      }
    }
    gdImageRectangle(image, Int32(x - 1), Int32(y - 1), Int32(x + width), Int32(y + height), 0xB0B0B0)
  }
}

/// The letters of captions: those of a font that the system has, or the few that libgd brings.
enum CaptionFont {
  /// What fontconfig finds, a sans serif font.
  case system
  /// libgd's own: a fixed width, ASCII.
  case builtIn

  /// The height that a line takes.
  static let lineHeight = 18
  private static let points = 10.5
  /// From a line's top to where letters stand.
  private static let ascent: Int32 = 14

  /// The best that there is here: libgd may be built without fonts, or the system may have none.
  static let best: CaptionFont = {
    gdFTUseFontConfig(1)
    return bounds(of: "x") == nil ? .builtIn : .system
  }()

  /// What is written for a text: one line, in letters that there are, not wider than `width`.
  func line(_ text: String, width: Int) -> String {
    // A newline would begin another line.
    let text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    return shortened(legible(text), to: width)
  }

  /// The line in letters that there are: in Latin ones if a letter would be drawn as an empty box.
  func legible(_ line: String) -> String {
    switch self {
    case .builtIn: String(decoding: Self.ascii(line), as: UTF8.self)
    case .system: Self.others(in: line).allSatisfy(Self.isDrawn) ? line : Self.latin(line)
    }
  }

  /// Whether the font has a letter: it looks otherwise than what stands for no letter at all.
  private static func isDrawn(_ letter: Unicode.Scalar) -> Bool {
    func drawn(_ text: String) -> Picture? {
      guard let paper = GDImage.paper(width: 40, height: lineHeight) else { return nil }
      system.write(text, on: paper, middle: 20, top: 0)
      return paper.picture(isGrey: false)
    }
    return letter.properties.isWhitespace || drawn(String(letter)) != drawn("\u{FFFF}")
  }

  /// The width of a line in pixels.
  func width(of line: String) -> Int {
    switch self {
    case .system: Self.bounds(of: line).map { Int($0.right - $0.left) } ?? 0
    case .builtIn: Self.ascii(line).count * Int(gdFontGetSmall().pointee.w)
    }
  }

  /// The line, or its beginning with an ellipsis, so that it is not wider than `width`.
  func shortened(_ text: String, to width: Int) -> String {
    // A letter takes two pixels at least, and measuring takes its time.
    var line = String(text.prefix(width / 2 + 1))
    if line == text && self.width(of: line) <= width { return line }
    while !line.isEmpty {
      line.removeLast()
      if self.width(of: line + "…") <= width { break }
    }
    return line + "…"
  }

  /// Writes a line in black, centred about a column, below a row.
  ///
  /// The corresponding C functions are `gdImageStringFT` and `gdImageString`.
  func write(_ line: String, on paper: borrowing GDImage, middle: Int, top: Int) {
    let x = max(0, middle - width(of: line) / 2)
    switch self {
    case .system:
      let left = Self.bounds(of: line)?.left ?? 0
      var corners = [Int32](repeating: 0, count: 8)
      var (pattern, text) = Self.arguments(line)
      _ = gdImageStringFT(
        paper.image, &corners, 0, &pattern, Self.points, 0, Int32(x) - left, Int32(top) + Self.ascent, &text)
    case .builtIn:
      var text = Self.ascii(line) + [0]
      gdImageString(paper.image, gdFontGetSmall(), Int32(x), Int32(top) + 2, &text, 0)
    }
  }

  /// Where a line that is written at column 0 begins and ends; nil if there is no font.
  private static func bounds(of line: String) -> (left: Int32, right: Int32)? {
    // Lower left, lower right, upper right, upper left: x and y each.
    var corners = [Int32](repeating: 0, count: 8)
    var (pattern, text) = arguments(line)
    guard gdImageStringFT(nil, &corners, 0, &pattern, points, 0, 0, 0, &text) == nil else { return nil }
    return (corners[0], corners[2])
  }

  /// The font and the line as libgd takes them: an ampersand would begin the name of a letter.
  private static func arguments(_ line: String) -> (pattern: [CChar], text: [CChar]) {
    let text = line.unicodeScalars.reduce(into: "") { $0 += $1 == "&" ? "&amp;" : String($1) }
    return (Array(pattern(for: line).utf8CString), Array(text.utf8CString))
  }

  /// The letters that not every font has: all but Latin ones and the ellipsis.
  private static func others(in line: String) -> [Unicode.Scalar] {
    Set(line.unicodeScalars.filter { $0.value > 0x24F && $0 != "…" }).sorted()
  }

  /// What fontconfig is asked for: a font that has the letters of the line.
  private static func pattern(for line: String) -> String {
    let others = others(in: line)
    guard !others.isEmpty else { return "DejaVu Sans,sans-serif" }
    return "DejaVu Sans,sans-serif:charset=" + others.map { String($0.value, radix: 16) }.joined(separator: " ")
  }
}
