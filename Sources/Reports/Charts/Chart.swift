import Numerics

/// A picture of the numbers in a CSV file, drawn by gnuplot.
public protocol Chart: Sendable {
  /// What its files are called, without the extension: lower-case letters, digits and hyphens.
  var name: String { get }
  /// What it shows: the heading, and the text for those who do not see it.
  var title: String { get }
  /// Its size in points, which are pixels of the SVG; the PNG has twice as many on either side.
  var size: ChartSize { get }
  /// The numbers.
  var table: CSV { get }
  /// The commands before gnuplot's `plot`: axes, scales, labels.
  var settings: [String] { get }
  /// What follows `plot`, each drawn over those before; `data` is the name of the CSV file.
  var layers: [String] { get }
}

/// The size of a chart in points.
public struct ChartSize: Sendable, Equatable {
  /// From left to right.
  public var width: Int
  /// From top to bottom.
  public var height: Int

  /// A size.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// What suits curves.
  public static let curves = ChartSize(width: 620, height: 380)
}

extension Chart {
  /// The title in lines that are not wider than the picture.
  private var titleLines: [String] { Text.wrapped(Text.visible(title), to: max(size.width - 60, 160) / 8) }

  /// The script: `gnuplot NAME.gp` in the folder of the CSV file draws `NAME.svg` and `NAME.png`.
  public var script: String {
    let (width, height) = (size.width, size.height)
    return """
      # gnuplot \(name).gp draws \(name).svg and \(name).png from \(name).csv.
      reset session
      set encoding utf8
      set datafile separator comma
      set datafile commentschars ''
      data = '\(name).csv'
      set border linecolor rgb '#777777'
      set tics nomirror out textcolor rgb '#222222'
      set grid linecolor rgb '#dddddd' linetype 1
      set key noenhanced
      set title \(Gnuplot.quoted(lines: titleLines)) noenhanced
      \(settings.joined(separator: "\n"))

      set terminal svg size \(width),\(height) font 'sans-serif,13' background rgb 'white'
      set output '\(name).svg'
      plot \(layers.joined(separator: ", \\\n     "))

      set terminal pngcairo size \(2 * width),\(2 * height) font 'sans-serif,13' fontscale 2 linewidth 2 pointscale 2
      set output '\(name).png'
      replot
      set output

      """
  }
}
