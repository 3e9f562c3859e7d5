/// Pictures in rows and columns on white, with a caption below each.
///
/// Tiny pictures are drawn larger, every pixel as a square; large ones are scaled down.
public struct ImageGrid: Sendable {
  /// A picture and what it shows.
  public struct Item: Sendable {
    /// The picture.
    public var picture: Picture
    /// A line below it, shortened if it is too wide.
    public var caption: String

    /// A picture with its caption.
    public init(_ picture: Picture, caption: String) {
      self.picture = picture
      self.caption = caption
    }
  }

  /// The pictures, row by row.
  public var items: [Item]
  /// How many stand beside each other.
  public var columns: Int

  /// A grid of so many columns.
  public init(_ items: [Item], columns: Int) {
    precondition(columns > 0 && !items.isEmpty, "a grid of something")
    self.items = items
    self.columns = columns
  }

  /// The longest side that a picture is enlarged to, and the one that larger pictures are brought to, in pixels.
  static let sides = (enlarged: 144, reduced: 256)
  /// The least width of a column, so that captions have room.
  static let leastWidth = 96
  private static let margin = 16
  private static let gap = 14

  /// The grid as a picture in colour.
  ///
  /// - Throws: `PictureError` if it would have more than ``Picture/maximumPixelCount`` pixels.
  public func drawn() throws(PictureError) -> Picture { try drawn(in: .best) }

  func drawn(in font: CaptionFont) throws(PictureError) -> Picture {
    var shown: [(picture: Picture, scale: Int)] = []
    for item in items { shown.append(try Self.scaled(item.picture)) }
    let columns = min(columns, items.count)
    let rows = (items.count - 1) / columns + 1
    let cellWidth = max(Self.leastWidth, shown.map { $0.picture.width * $0.scale }.max() ?? 0)
    let pictureHeight = shown.map { $0.picture.height * $0.scale }.max() ?? 0
    let cellHeight = pictureHeight + 4 + CaptionFont.lineHeight
    let width = 2 * Self.margin + columns * cellWidth + (columns - 1) * Self.gap
    let height = 2 * Self.margin + rows * cellHeight + (rows - 1) * Self.gap
    guard width * height <= Picture.maximumPixelCount, let paper = GDImage.paper(width: width, height: height) else {
      throw PictureError(
        .tooLarge, "grid",
        "expected at most \(Picture.maximumPixelCount) pixels, found \(width)×\(height); show fewer pictures")
    }
    // Captions are classes, most of them, and come again.
    var lines: [String: String] = [:]
    for (index, (item, shown)) in zip(items, shown).enumerated() {
      let middle = Self.margin + index % columns * (cellWidth + Self.gap) + cellWidth / 2
      let top = Self.margin + index / columns * (cellHeight + Self.gap)
      let (width, height) = (shown.picture.width * shown.scale, shown.picture.height * shown.scale)
      paper.draw(shown.picture, x: middle - width / 2, y: top + (pictureHeight - height) / 2, scale: shown.scale)
      let line = lines[item.caption] ?? font.line(item.caption, width: cellWidth)
      lines[item.caption] = line
      font.write(line, on: paper, middle: middle, top: top + pictureHeight + 4)
    }
    return paper.picture(isGrey: false)
  }

  /// The picture that is drawn, and how large its pixels are.
  private static func scaled(_ picture: Picture) throws(PictureError) -> (Picture, Int) {
    let side = max(picture.width, picture.height)
    guard side > sides.reduced else { return (picture, max(1, sides.enlarged / side)) }
    func reduced(_ length: Int) -> Int { max(1, (length * sides.reduced + side / 2) / side) }
    return (try picture.resized(width: reduced(picture.width), height: reduced(picture.height)), 1)
  }
}
