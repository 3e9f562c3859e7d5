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

/// Writes the sum of `left` and `right` to `destination`, element by element.
public func sum(_ left: Span<Float>, _ right: Span<Float>, into destination: inout MutableSpan<Float>) {
  let count = destination.count
  precondition(left.count == count && right.count == count, "vectors of \(left.count), \(right.count) and \(count)")
  for index in 0..<count { destination[unchecked: index] = left[unchecked: index] + right[unchecked: index] }
}

/// Writes the sum of `left` and `right` to `destination`, element by element.
public func sum(_ left: Span<Double>, _ right: Span<Double>, into destination: inout MutableSpan<Double>) {
  let count = destination.count
  precondition(left.count == count && right.count == count, "vectors of \(left.count), \(right.count) and \(count)")
  for index in 0..<count { destination[unchecked: index] = left[unchecked: index] + right[unchecked: index] }
}
