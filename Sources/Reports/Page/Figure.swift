import FoundationEssentials

/// A chart on a page: the picture lies in the page itself, so that it can be sent as one file.
public struct Figure: Sendable, Equatable {
  /// The name of the chart's files.
  public var name: String
  /// What it shows.
  public var title: String
  /// Its size in points.
  public var size: ChartSize
  /// The picture as SVG; nil if it could not be drawn.
  public var picture: [UInt8]?

  /// A figure without its picture.
  public init(name: String, title: String, size: ChartSize) {
    self.name = name
    self.title = title
    self.size = size
  }

  /// What the template `Figure` shows.
  public var content: PageContent {
    var content: PageContent = [
      "name": name, "title": title, "width": size.width, "height": size.height, "isWide": size.width > 800,
    ]
    // As a picture and not as a part of the page: names within one SVG are not taken for those within another.
    if let picture { content["picture"] = "data:image/svg+xml;base64," + Data(picture).base64EncodedString() }
    return content
  }
}
