/// The axis that a layer of Keras works along.
///
/// The last is supported; whether a positive number is the last, only the shape of the input tells.
struct LastAxis: Sendable, Equatable {
  /// Keras' number: -1, or counted from the samples' axis, which is 0.
  var number = -1

  /// Checks that samples of shape `input` have no axis behind it.
  func check(_ input: Shape) throws(ShapeError) {
    guard number == -1 || number == input.rank else {
      throw ShapeError(
        expected: "an input whose last axis is number \(number)", found: input,
        advice: "only the last axis is supported: build the model with axis -1")
    }
  }
}

extension KeyedDecodingContainer {
  /// An axis: a number, or Keras' list of one; the last if none is written.
  func decodeLastAxis(forKey key: Key) throws -> LastAxis {
    guard contains(key), try !decodeNil(forKey: key) else { return LastAxis() }
    let axis = try (try? decode(Int.self, forKey: key)).map { [$0] } ?? decode([Int].self, forKey: key)
    guard axis.count == 1, let number = axis.first, number == -1 || (1...3).contains(number) else {
      throw ConfigurationError(
        "the only supported axis is the last, -1; found \(axis)", at: ConfigurationError.place(codingPath + [key]))
    }
    return LastAxis(number: number)
  }
}
