/// What the random numbers of the purpose `.sampling` are drawn for: the third key of their streams.
enum SamplingKey {
  /// The order of a part; the first key is the part's number.
  static let order: UInt32 = 1
  /// Which samples of a class go to which part; the first key is the number of the class.
  static let division: UInt32 = 2
  /// Samples that are made; the first two keys are the sample's number.
  static let synthesis: UInt32 = 3
}
