import Mustache
import NeuralNetwork
import Numerics

/// The templates of all pages: the files in `Sources/Reports/Templates`, which are part of the program.
///
/// A template is named like its file. One that is added is added here too.
enum Templates {
  private static let sources: [String: [UInt8]] = [
    "Page": PackageResources.Page_mustache,
    "Figure": PackageResources.Figure_mustache,
    "Network": PackageResources.Network_mustache,
    "Run": PackageResources.Run_mustache,
    "HeatMapTable": PackageResources.HeatMapTable_mustache,
    "Sweep": PackageResources.Sweep_mustache,
  ]

  /// A file as text.
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Shows `content` with a template.
  static func render(_ content: PageContent, with name: String) throws -> String {
    MustacheContentTypes.register(EscapedMarkup(), named: "ESCAPED")
    var library = MustacheLibrary()
    for (name, bytes) in sources {
      // In every template, since a template within another begins with the package's own way again.
      try library.register("{{% CONTENT_TYPE:ESCAPED}}" + text(bytes), named: name)
    }
    guard let page = library.render(content, withTemplate: name) else {
      throw ConfigurationError("there is no template '\(name)'")
    }
    return page
  }
}

/// How a text is written in HTML, between tags or within quotes: on one line, and so that it can be seen.
///
/// The package's own way looks at whole characters, and so leaves a quote that is followed by a combining accent as it is:
/// a browser would take it for the end of an attribute.
struct EscapedMarkup: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in Text.visible(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;".unicodeScalars
      case "<": escaped += "&lt;".unicodeScalars
      case ">": escaped += "&gt;".unicodeScalars
      case "\"": escaped += "&quot;".unicodeScalars
      case "'": escaped += "&#39;".unicodeScalars
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
