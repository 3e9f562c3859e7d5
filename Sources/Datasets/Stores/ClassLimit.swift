/// How many classes the labels of samples may have if nobody names the classes.
///
/// A class takes memory wherever samples are counted by class. A single label such as 2 147 483 646, which is rather some
/// number to predict, would take many gigabytes.
enum ClassLimit {
  /// The most classes of parts with so many samples: as many as samples, and some thousands in any case.
  static func count(ofParts counts: [Int]) -> Int {
    // What a file says of its shapes may not add up in an `Int`; classes are `Int32` anyway.
    max(65_536, counts.reduce(0) { $0 + min($1, Int(Int32.max)) })
  }

  /// What is expected of labels, for messages.
  static func expectation(_ limit: Int) -> String { "classes below \(limit)" }

  /// What to do about a label that is not below the limit.
  static let advice = "number the classes from 0 without gaps, or store values to predict as floating-point numbers"
}
