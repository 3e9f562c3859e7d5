import Glibc

/// The colour map viridis: from dark violet over green to yellow, in even steps of brightness.
///
/// It keeps its order in grey print and for colour-blind eyes (van der Walt and Smith, 2015; CC0).
public enum Viridis {
  /// A colour of the screen.
  public struct Color: Sendable, Equatable {
    /// Its parts, 0 to 255.
    public var red: Int, green: Int, blue: Int

    /// `#440154`, as HTML and gnuplot have it.
    public var hexadecimal: String {
      "#" + [red, green, blue].map { String($0 + 256, radix: 16).dropFirst() }.joined()
    }

    /// How bright it is, from 0 to 1 (the relative luminance of WCAG 2).
    var luminance: Double {
      let light = [red, green, blue].map { part in
        let share = Double(part) / 255
        return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    }

    /// Whether black is easier to read on it than white.
    public var takesDarkInk: Bool { luminance > 0.179 }
  }

  /// Every fifth of the 256 published colours; what lies between is at most one step off.
  private static let stops: [Int] = [
    0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e, 0x453781, 0x433d84, 0x414287,
    0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d, 0x33638d, 0x31688e, 0x2e6d8e, 0x2c718e, 0x2a768e, 0x297b8e,
    0x27808e, 0x25848e, 0x23898e, 0x218e8d, 0x20928c, 0x1f978b, 0x1e9c89, 0x1fa188, 0x21a585, 0x24aa83, 0x28ae80,
    0x2eb37c, 0x35b779, 0x3dbc74, 0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e, 0x70cf57, 0x7cd250, 0x89d548, 0x95d840,
    0xa2da37, 0xb0dd2f, 0xbddf26, 0xcae11f, 0xd8e219, 0xe5e419, 0xf1e51d, 0xfde725,
  ]

  /// The colour of a share of the range; beyond its ends that of the nearer end.
  public static func color(at share: Double) -> Color {
    let place = min(max(share.isNaN ? 0 : share, 0), 1) * Double(stops.count - 1)
    let stop = min(Int(place), stops.count - 2)
    let (low, high, weight) = (stops[stop], stops[stop + 1], place - Double(stop))
    func part(_ shift: Int) -> Int {
      let (low, high) = (Double(low >> shift & 255), Double(high >> shift & 255))
      return Int((low + (high - low) * weight).rounded())
    }
    return Color(red: part(16), green: part(8), blue: part(0))
  }

  /// The map as gnuplot's palette.
  static let gnuplotPalette =
    "set palette defined ("
    + stops.indices.map { "\($0) '\(color(at: Double($0) / Double(stops.count - 1)).hexadecimal)'" }
    .joined(separator: ", ") + ")"
}
