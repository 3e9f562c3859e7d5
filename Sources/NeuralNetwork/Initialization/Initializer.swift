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
  public static let types: [any Registered.Type] = [GlorotUniform.self, Zeros.self]
}

/// The number of inputs and outputs of one unit of a kernel `[…window, input, output]`, as Keras counts them.
func fans(of shape: [Int]) -> (input: Int, output: Int) {
  let window = shape.dropLast(2).reduce(1, *)
  return (window * (shape.dropLast().last ?? 1), window * (shape.last ?? 1))
}
