import Testing

@testable import Pictures

/// Grids: where pictures lie, and what is written below them.
@Suite struct ImageGridTests {
  static func item(width: Int, height: Int, _ value: UInt8, _ caption: String = "") -> ImageGrid.Item {
    let pixels = [UInt8](repeating: value, count: width * height)
    return .init(Picture(width: width, height: height, channels: 1, pixels: pixels), caption: caption)
  }

  static func colour(_ picture: Picture, _ x: Int, _ y: Int) -> [UInt8] {
    let place = (y * picture.width + x) * 3
    return Array(picture.pixels[place..<place + 3])
  }

  /// Two columns of 144 pixels, a gap of 14 and margins of 16; a picture and its caption are 144 + 4 + 18 high.
  @Test func geometry() throws {
    let items = [10, 20, 30].map { Self.item(width: 8, height: 8, $0) }
    let grid = try ImageGrid(items, columns: 2).drawn()
    #expect([grid.width, grid.height, grid.channels] == [334, 378, 3])
    for (value, x, y) in [(10, 16, 16), (20, 174, 16), (30, 16, 196)] as [(UInt8, Int, Int)] {
      for (dx, dy) in [(0, 0), (143, 143), (70, 3)] {
        #expect(Self.colour(grid, x + dx, y + dy) == [value, value, value])
      }
      for (x, y) in [(x - 1, y), (x, y + 144)] { #expect(Self.colour(grid, x, y) == [0xB0, 0xB0, 0xB0]) }
    }
    // Paper: in the corners, and where a fourth would be.
    for (x, y) in [(0, 0), (grid.width - 1, grid.height - 1), (240, 260)] {
      #expect(Self.colour(grid, x, y) == [255, 255, 255])
    }
  }

  /// Every pixel is a square; colours stay.
  @Test func pixelsAreSquares() throws {
    let picture = Picture(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 250, 0, 9])
    let grid = try ImageGrid([.init(picture, caption: "")], columns: 5).drawn()
    #expect([grid.width, grid.height] == [176, 126])
    #expect(Self.colour(grid, 87, 87) == [1, 2, 3])
    #expect(Self.colour(grid, 88, 16) == [250, 0, 9])
  }

  @Test(arguments: [(150, 150, 150), (1000, 600, 256), (3000, 10, 256), (1, 1, 144), (100, 1, 100)])
  func sizes(width: Int, height: Int, shown: Int) throws {
    let grid = try ImageGrid([Self.item(width: width, height: height, 5)], columns: 1).drawn()
    #expect(grid.width == shown + 32)
    #expect(Self.colour(grid, 16, 16) == [5, 5, 5])
  }

  /// Black letters below the picture, in the middle, with a font of the system's and with libgd's.
  @Test(
    arguments: [CaptionFont.best, .builtIn],
    ["cat", "a name that is much too long for its column", "größe", "猫", "\u{7}x", "a&amp;b", "x\ny"])
  func captions(font: CaptionFont, caption: String) throws {
    let grid = try ImageGrid([Self.item(width: 8, height: 8, 200, caption)], columns: 1).drawn(in: font)
    var columns: [Int] = []
    for y in 16 + 145..<grid.height {
      for x in 0..<grid.width where Self.colour(grid, x, y)[0] < 128 {
        columns.append(x)
        #expect(y < 16 + 144 + 4 + 18)
      }
    }
    let (first, last) = try (#require(columns.min()), #require(columns.max()))
    #expect(first >= 15 && last <= 16 + 144)
    // libgd's letters stand on the left of their 6 pixels.
    let (left, right) = (first - 16, 159 - last)
    #expect(abs(left - right) <= 6, "\(first) to \(last)")
  }

  @Test func shortened() {
    let font = CaptionFont.builtIn  // 6 pixels a letter
    #expect(font.shortened("truck", to: 30) == "truck")
    #expect(font.shortened("trucks", to: 35) == "tr…")
    #expect(font.shortened("", to: 0) == "")
    #expect(font.shortened(String(repeating: "x", count: 100_000), to: 60) == "xxxxxxx…")
    #expect(CaptionFont.best.width(of: "iiii") > 0)
    #expect(CaptionFont.best.width(of: "&amp;") > 2 * CaptionFont.best.width(of: "&"))
  }

  @Test func letters() {
    #expect(String(decoding: CaptionFont.ascii("Größe, é, 猫, Ελλάδα"), as: UTF8.self) == "Grosse, e, mao, Ellada")
    #expect(CaptionFont.ascii("a\nb\u{1F408}") == Array("a?b?".utf8))
    #expect(CaptionFont.builtIn.legible("Ελλάδα") == "Ellada")
  }

  @Test func tooLarge() throws {
    let items = Array(repeating: Self.item(width: 256, height: 256, 1), count: 1500)
    let error = try #require(throws: PictureError.self) { try ImageGrid(items, columns: 40).drawn() }
    #expect(error.kind == .tooLarge && error.description.contains("show fewer pictures"))
  }
}
