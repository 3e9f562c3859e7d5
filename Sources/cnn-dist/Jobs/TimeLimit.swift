import Training

/// How long a job may take, in any form that people and batch systems write: `90m`, `8h`, and Slurm's own.
///
///     90                minutes
///     90:00             minutes, seconds
///     01:30:00          hours, minutes, seconds
///     2-12  2-12:30  2-12:30:00     days, hours, minutes, seconds
///
/// What is not the first of its form is less than one of those before it: 59 seconds, 59 minutes, 23 hours at most.
struct TimeLimit {
  /// The whole minutes.
  let minutes: Int

  /// The longest, some three years.
  private static let mostMinutes = 60 * 24 * 1000

  /// Reads one of the forms; nil if the text is none of them, or too long a time.
  init?(_ text: String) {
    guard let minutes = Self.slurm(text) ?? TimeSpan(text).map({ $0.seconds / 60 }),
      minutes <= Double(Self.mostMinutes)
    else { return nil }
    self.minutes = Int(minutes)
  }

  /// The minutes of one of Slurm's forms.
  private static func slurm(_ text: String) -> Double? {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = (parts.last ?? "").split(separator: ":", omittingEmptySubsequences: false).map { number in
      number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && number.utf8.count < 9
        ? Int(number) : nil
    }
    let values = numbers.compactMap(\.self).map(Double.init)
    guard values.count == numbers.count else { return nil }
    if parts.count == 2 {
      guard let days = parts.first, let count = Int(days), days.utf8.count < 9, count >= 0,
        (1...3).contains(values.count)
      else { return nil }
      guard fits(values, [24, 60, 60]) else { return nil }
      let rest = zip(values, [60, 1, 1.0 / 60]).reduce(0) { $0 + $1.0 * $1.1 }
      return Double(count) * 24 * 60 + rest
    }
    guard fits(values.dropFirst(), [60, 60]) else { return nil }
    switch values.count {
    case 1: return values[0]
    case 2: return values[0] + values[1] / 60
    case 3: return values[0] * 60 + values[1] + values[2] / 60
    default: return nil
    }
  }

  private static func fits(_ values: some Sequence<Double>, _ limits: [Double]) -> Bool {
    zip(values, limits).allSatisfy { $0 < $1 }
  }
}
