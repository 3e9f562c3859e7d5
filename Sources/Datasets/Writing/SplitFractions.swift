/// How samples are divided into parts, such as `0.8/0.1/0.1`: exact shares that add up to 1.
public struct SplitFractions: Sendable, Equatable, CustomStringConvertible {
  /// The whole in the unit that shares are counted in: decimals are exact, so no rounding moves a sample.
  private static let whole = 1_000_000

  /// The shares in millionths, two or three.
  private let shares: [Int]

  /// Reads two or three decimals with a slash between them.
  ///
  /// - Returns: nil if they are no such decimals from 0 to 1, of at most six digits after the point, with a first one above 0 and a
  ///   sum of 1.
  public init?(_ text: String) {
    var shares: [Int] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      guard let share = Self.millionths(part) else { return nil }
      shares.append(share)
    }
    guard 2...3 ~= shares.count, shares[0] > 0, shares.reduce(0, +) == Self.whole else { return nil }
    self.shares = shares
  }

  private static func millionths(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? parts[1] : ""
    guard let units = parts[0].isEmpty ? "0" : parts.first, units == "0" || units == "1", decimals.count <= 6,
      decimals.allSatisfy({ $0.isASCII && $0.isNumber }), parts[0] != "" || decimals != ""
    else { return nil }
    let digits = decimals + String(repeating: "0", count: 6 - decimals.count)
    guard let fraction = Int(digits), let unit = Int(units) else { return nil }
    return unit * whole + fraction
  }

  /// The number of parts.
  public var count: Int { shares.count }

  /// The shares as they are written.
  public var description: String {
    shares.map { share in
      if share == Self.whole { return "1" }
      var digits = String(String(Self.whole + share).dropFirst())
      while digits.hasSuffix("0") { digits.removeLast() }
      return digits.isEmpty ? "0" : "0." + digits
    }.joined(separator: "/")
  }

  /// Whether a part is to have samples.
  func isPresent(_ part: Int) -> Bool { shares[part] > 0 }

  /// How many samples of each group go to each part, `[group][part]`, given how many the groups have.
  ///
  /// The totals of the parts are the shares of all samples, rounded by largest remainders. Within them each group is
  /// divided in proportion: whole samples first, then those left over one by one, the largest remainder first, where
  /// both the group and the part still lack one; equal remainders go in the order of groups and parts. A sample that finds no
  /// place so takes one of another group's, which finds another. So every count is its exact share, rounded up or down.
  func counts(of groups: [Int]) -> [[Int]] {
    var rounding = Rounding(
      counts: groups.map { group in shares.map { floor(group, $0) } },
      remainders: groups.map { group in shares.map { remainder(group, $0) } },
      groups: groups, totals: largestRemainders(of: groups.reduce(0, +)))
    rounding.placeByRemainders()
    rounding.placeWhatIsLeft()
    return rounding.counts
  }

  /// The totals of the parts.
  private func largestRemainders(of total: Int) -> [Int] {
    var totals = shares.map { floor(total, $0) }
    let order = shares.indices.sorted {
      (remainder(total, shares[$0]), shares.count - $0) > (remainder(total, shares[$1]), shares.count - $1)
    }
    for part in order.prefix(total - totals.reduce(0, +)) { totals[part] += 1 }
    return totals
  }

  private func floor(_ count: Int, _ share: Int) -> Int {
    let (quotient, remainder) = count.quotientAndRemainder(dividingBy: Self.whole)
    return quotient * share + remainder * share / Self.whole
  }

  private func remainder(_ count: Int, _ share: Int) -> Int { count % Self.whole * share % Self.whole }
}

/// Rounds a table of shares up or down so that its rows and columns have given sums.
private struct Rounding {
  /// The whole samples of each group in each part, at first; the result in the end.
  var counts: [[Int]]
  private let remainders: [[Int]]
  /// Whether a share is rounded up.
  private var isUp: [[Bool]]
  /// The samples of each group that have no place yet.
  private var left: [Int]
  /// The places of each part that have no sample yet.
  private var lacking: [Int]

  init(counts: [[Int]], remainders: [[Int]], groups: [Int], totals: [Int]) {
    self.counts = counts
    self.remainders = remainders
    isUp = remainders.map { $0.map { _ in false } }
    left = zip(groups, counts).map { $0 - $1.reduce(0, +) }
    lacking = totals.indices.map { part in totals[part] - counts.reduce(0) { $0 + $1[part] } }
  }

  /// Rounds the largest remainders up first.
  mutating func placeByRemainders() {
    var cells = counts.indices.flatMap { group in lacking.indices.map { (group, $0) } }
    // The sort is stable, so equal remainders stay in their order.
    cells.sort { remainders[$0.0][$0.1] > remainders[$1.0][$1.1] }
    for (group, part) in cells where left[group] > 0 && lacking[part] > 0 && remainders[group][part] > 0 {
      roundUp(group, part)
      lacking[part] -= 1
      left[group] -= 1
    }
  }

  /// Finds places for samples that are left, by moving others from part to part.
  mutating func placeWhatIsLeft() {
    for group in counts.indices {
      while left[group] > 0 {
        var tried = lacking.map { _ in false }
        if !place(group, &tried), let part = lacking.firstIndex(where: { $0 > 0 }) {
          // The totals do not allow every share its rounding; they are what was asked for.
          counts[group][part] += 1
          lacking[part] -= 1
        }
        left[group] -= 1
      }
    }
  }

  /// Rounds one more share of a group up; where the part is full, one of another group's moves on.
  private mutating func place(_ group: Int, _ tried: inout [Bool]) -> Bool {
    for part in lacking.indices where !tried[part] && !isUp[group][part] && remainders[group][part] > 0 {
      tried[part] = true
      if lacking[part] > 0 {
        lacking[part] -= 1
        roundUp(group, part)
        return true
      }
      for other in counts.indices where isUp[other][part] && place(other, &tried) {
        isUp[other][part] = false
        counts[other][part] -= 1
        roundUp(group, part)
        return true
      }
    }
    return false
  }

  private mutating func roundUp(_ group: Int, _ part: Int) {
    isUp[group][part] = true
    counts[group][part] += 1
  }
}
