import Numerics

/// Where the values of a parameter start.
public protocol Initializer: Registered {
  /// Fills `values` for a parameter of `shape`, in Keras' layout, from its own random stream.
  func fill(_ values: inout MutableSpan<Float>, shape: [Int], from stream: inout RandomStream)
}

/// Every initializer; a new one is one line here.
public enum InitializerRegistry: Registry {
  /// What decoding yields.
  public typealias Element = any Initializer
  /// The sort, for messages.
  public static let noun = "initializer"
  /// How a choice is written.
  public static let style = RegistryStyle.keras(module: "keras.initializers")
  /// Every type there is.
  public static let types: [any Registered.Type] = [
    Zeros.self, Ones.self, Constant.self, RandomUniform.self, RandomNormal.self, TruncatedNormal.self,
    VarianceScaling.self, GlorotUniform.self, GlorotNormal.self, HeUniform.self, HeNormal.self, LecunUniform.self,
    LecunNormal.self, PlainUniform.self, Orthogonal.self, Identity.self,
  ]
}

extension Decoder {
  /// The mapping of an initializer's settings, after checking its keys.
  ///
  /// Keras' `seed` is accepted and not used: every draw here follows from the seed of the run.
  func initializerContainer<Key: CodingKey & CaseIterable>(keyedBy type: Key.Type) throws
    -> KeyedDecodingContainer<Key>
  { try strictContainer(keyedBy: type, alsoKnown: ["seed"]) }
}

/// The number of inputs and outputs of one unit of a kernel `[…window, input, output]`, as Keras counts them: a vector has
/// its length for both.
func fans(of shape: [Int]) -> (input: Int, output: Int) {
  if shape.count == 1 { return (shape[0], shape[0]) }
  let window = shape.dropLast(2).reduce(1, *)
  return (window * (shape.dropLast().last ?? 1), window * (shape.last ?? 1))
}
