import Numerics

/// What a layer says about one of its parameters.
public struct ParameterSpecification: Sendable {
  /// Its name within the layer, Keras' own: `kernel`, `bias`.
  public let name: String
  /// Its dimensions in Keras' layout: kernels `[height, width, input, output]`, dense `[input, output]`.
  public let shape: [Int]
  /// Where its values start.
  public let initializer: any Initializer
  /// The penalty on it, if any.
  public let regularizer: Regularizer?
  /// What training does with it.
  public internal(set) var role: ParameterRole

  /// Declares a parameter.
  public init(
    _ name: String, _ shape: [Int], _ initializer: any Initializer, regularizer: Regularizer? = nil,
    role: ParameterRole = .trainable
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.regularizer = regularizer
    self.role = role
  }

  /// The same parameter of a nested layer, whose name stands before it: `0/conv2d/kernel`.
  func nested(in layer: String) -> ParameterSpecification {
    ParameterSpecification("\(layer)/\(name)", shape, initializer, regularizer: regularizer, role: role)
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
}

/// What training does with a parameter.
public enum ParameterRole: Sendable, Equatable {
  /// The optimizer changes it.
  case trainable
  /// It stays as it is: its layer is frozen.
  case frozen
  /// It follows a mean over the samples of each step: `value = momentum · value + (1 - momentum) · mean`.
  ///
  /// Where others write a gradient, the layer's backward pass writes the sum of the samples' values: it is added over the
  /// shards, and divided by the number of samples, as gradients are.
  case runningMean(momentum: Double)
}

/// Where each parameter of a network lies in its slabs.
///
/// What the optimizer changes comes first, then running means, then what is frozen: what is updated is one range of the
/// slab, and what is reduced another.
public struct ParameterTable: Sendable {
  /// One parameter and its place.
  public struct Entry: Sendable {
    /// The layer it belongs to, counted from 0.
    public let layer: Int
    /// That layer's name, such as `dense_1`.
    public let layerName: String
    /// What the layer has declared.
    public let specification: ParameterSpecification
    /// Its values within the slab.
    public let range: Range<Int>
  }

  /// All parameters: layer by layer, in the order the layers declare them.
  public let entries: [Entry]
  /// Those of them that the optimizer changes.
  public let trainable: [Entry]
  /// The length of a slab: every parameter begins at a multiple of 16 values (64 bytes); the gaps stay zero.
  public let slabCount: Int
  /// The length of the part that the optimizer changes.
  public let trainableSlabCount: Int
  /// The length of the part that is computed in every step: gradients, then what running means follow.
  public let learningSlabCount: Int

  /// Lays out the parameters of all layers.
  public init(_ layers: [(name: String, parameters: [ParameterSpecification])]) {
    let declared = layers.enumerated().flatMap { index, layer in layer.parameters.map { (index, layer.name, $0) } }
    var ranges: [Range<Int>] = Array(repeating: 0..<0, count: declared.count)
    var offset = 0
    func place(_ isPlaced: (ParameterRole) -> Bool) {
      for (number, parameter) in declared.map(\.2).enumerated() where isPlaced(parameter.role) {
        ranges[number] = offset..<offset + parameter.count
        offset = (ranges[number].upperBound + 15) / 16 * 16
      }
    }
    place { $0 == .trainable }
    trainableSlabCount = offset
    place { if case .runningMean = $0 { true } else { false } }
    learningSlabCount = offset
    place { $0 == .frozen }
    slabCount = offset
    entries = zip(declared, ranges).map { Entry(layer: $0.0, layerName: $0.1, specification: $0.2, range: $1) }
    trainable = entries.filter { $0.specification.role == .trainable }
  }

  /// The most parameters that a model can have: MPI counts with 32 bits.
  public static let maximumCount = Int(Int32.max)

  /// The number of parameters, without the gaps.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.range.count } }

  /// The number of those that the optimizer changes.
  public var trainableCount: Int { trainable.reduce(0) { $0 + $1.range.count } }

  /// Where in ``entries`` the parameter is that is a weight of a Keras layer.
  public func index(of weight: KerasGraph.Weight) -> Int? {
    entries.firstIndex { $0.layer == weight.layer && $0.specification.name == weight.parameter }
  }

  /// The first layer that has anything to learn, gradients or statistics; nil if none has.
  var firstLearningLayer: Int? { entries.first { $0.specification.role != .frozen }?.layer }

  /// The parameter of that name of one layer.
  func entry(layer: Int, named name: String) -> Entry? {
    entries.first { $0.layer == layer && $0.specification.name == name }
  }

  /// Fills `values` with the initial values, each parameter from a random stream of its own.
  ///
  /// The same on every rank: the streams depend on the seed and the parameter's number alone.
  public func initialize(_ values: Slab, seed: UInt64) {
    for (number, entry) in entries.enumerated() {
      var part = values.floats.extracting(entry.range).mutableSpan
      var stream = RandomStream(seed: seed, purpose: .initialization, UInt32(number))
      entry.specification.initializer.fill(&part, shape: entry.specification.shape, from: &stream)
    }
  }
}
