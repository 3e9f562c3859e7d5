import Checksums
import FoundationEssentials
import HDF5
import Mustache

/// What a template shows: texts, numbers, truths, and lists of more of it, by the names in the template.
public typealias PageContent = [String: Any]

/// A report as one HTML file that needs nothing beside it and no network.
public struct Page {
  /// The heading, and the window's title.
  public var title: String
  /// The template of what is below it, `Sweep` for `Templates/Sweep.mustache`.
  public var template: String
  /// What the template shows.
  public var content: PageContent
  /// The scripts after that of all pages, in order.
  public var scripts: [String]
  /// The styles after that of all pages, in order.
  public var styles: [String]

  /// A page.
  public init(
    title: String, template: String, content: PageContent, scripts: [String] = [], styles: [String] = []
  ) {
    self.title = title
    self.template = template
    self.content = content
    self.scripts = scripts
    self.styles = styles
  }

  /// The page's text.
  public func html() throws -> String {
    let scripts = [Templates.text(PackageResources.Page_js)] + scripts
    let all = content.merging([
      "title": title,
      "styles": [Templates.text(PackageResources.Page_css)] + styles,
      "scripts": scripts,
      "scriptDigests": scripts.map(Self.digest).joined(separator: " "),
    ]) { $1 }
    return try Templates.render(all, with: template)
  }

  /// Writes the page as the file at `path`.
  public func write(to path: String) throws {
    try AtomicFile.write(Array(html().utf8), to: path)
  }

  /// Values as JSON between `<script type="application/json">` and its end, which nothing in them can be taken for.
  public static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).unicodeScalars
      .reduce(into: "") { $0 += $1 == "<" ? "\\u003c" : String($1) }
  }

  /// The lines of a text, for a template that shows each on a line of its own.
  static func lines(of text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// What the page's policy names a script by: no other script runs, whatever the data has in it.
  private static func digest(of script: String) -> String {
    let digest = Array(script.utf8).withUnsafeBytes { SHA256.digest(of: $0) }
    return "'sha256-\(Data(digest).base64EncodedString())'"
  }
}
