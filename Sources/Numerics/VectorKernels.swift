/// Adds `source` to `destination`, element by element.
public func add(_ source: Span<Float>, to destination: inout MutableSpan<Float>) {
  precondition(source.count == destination.count, "vectors of \(source.count) and \(destination.count) elements")
  for index in 0..<source.count { destination[unchecked: index] += source[unchecked: index] }
}

/// Adds `source` to `destination`, element by element.
public func add(_ source: Span<Double>, to destination: inout MutableSpan<Double>) {
  precondition(source.count == destination.count, "vectors of \(source.count) and \(destination.count) elements")
  for index in 0..<source.count { destination[unchecked: index] += source[unchecked: index] }
}
