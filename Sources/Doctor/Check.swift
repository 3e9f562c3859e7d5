import MPI

/// One thing that the doctor looks at.
///
/// To add one: a file with it, and a line in ``Doctor/checks``.
protocol Check {
  /// Its name in the list of checks: one word.
  static var name: String { get }
  /// Whether it takes so little time that every training begins with it.
  static var isQuick: Bool { get }

  /// Looks, and says the same on every rank.
  ///
  /// What only one rank can see, it must tell all others before the verdict (``Site/gather(_:)``); what goes wrong on one
  /// rank must not keep it from taking part in what follows.
  ///
  /// Collective: every rank must call this.
  ///
  /// - Throws: an error of MPI.
  static func examine(_ site: Site) throws -> Verdict
}
