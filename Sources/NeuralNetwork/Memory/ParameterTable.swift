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

  /// Declares a parameter.
  public init(_ name: String, _ shape: [Int], _ initializer: any Initializer, regularizer: Regularizer? = nil) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.regularizer = regularizer
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
}

/// Where each parameter of a network lies in its slabs.
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
  /// The length of a slab: every parameter begins at a multiple of 16 values (64 bytes); the gaps stay zero.
  public let slabCount: Int

  /// Lays out the parameters of all layers.
  public init(_ layers: [(name: String, parameters: [ParameterSpecification])]) {
    var entries: [Entry] = []
    var offset = 0
    for (index, layer) in layers.enumerated() {
      for parameter in layer.parameters {
        let range = offset..<offset + parameter.count
        entries.append(Entry(layer: index, layerName: layer.name, specification: parameter, range: range))
        offset = (range.upperBound + 15) / 16 * 16
      }
    }
    self.entries = entries
    slabCount = offset
  }

  /// The most parameters that a model can have: MPI counts with 32 bits.
  public static let maximumCount = Int(Int32.max)

  /// The number of parameters, without the gaps.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.range.count } }

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
