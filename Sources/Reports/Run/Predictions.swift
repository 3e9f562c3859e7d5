import Pictures

/// What a trained network says about the samples of a split, and what they are.
public struct Predictions: Sendable {
  /// A sample that was classified wrong.
  public struct Mistake: Sendable {
    /// Its index in the split.
    public var sample: Int
    /// Its class.
    public var label: Int
    /// The class that it was taken for.
    public var predicted: Int
    /// What the network gives that class; nil if its outputs are no probabilities.
    public var probability: Double?
    /// The sample.
    public var picture: Picture

    /// A mistake.
    public init(sample: Int, label: Int, predicted: Int, probability: Double?, picture: Picture) {
      self.sample = sample
      self.label = label
      self.predicted = predicted
      self.probability = probability
      self.picture = picture
    }
  }

  /// What was predicted.
  public enum Results: Sendable {
    /// How many samples of each class (row) were taken for each (column), and some that were taken for another.
    case classes(counts: [[Int]], mistakes: [Mistake])
    /// Numbers, of as many samples as people look at: what they should be, and what the network puts out.
    case values([(target: Float, output: Float)])
  }

  /// The file of the model.
  public var model: String
  /// The split.
  public var split: String
  /// The store.
  public var store: String
  /// The names of the classes; empty if the store names none.
  public var classNames: [String]
  /// The metrics of the split, with their names: `accuracy 98.3 % (354 of 360)`.
  public var metrics: [String]
  /// What was predicted.
  public var results: Results

  /// Predictions.
  public init(
    model: String, split: String, store: String, classNames: [String], metrics: [String], results: Results
  ) {
    self.model = model
    self.split = split
    self.store = store
    self.classNames = classNames
    self.metrics = metrics
    self.results = results
  }

  /// The most mistakes that are shown.
  public static let maximumMistakeCount = 48
  /// The most numbers that are shown.
  public static let maximumValueCount = 2_000

  /// The name of a class, or its number.
  func name(ofClass number: Int) -> String {
    classNames.indices.contains(number) ? classNames[number] : "\(number)"
  }
}
