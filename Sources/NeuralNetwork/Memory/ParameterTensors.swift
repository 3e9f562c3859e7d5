import OneDNN

/// The network's parameters and gradients as primitives see them.
///
/// The slabs are in plain layout, which is the same on every processor and in every file. Primitives often want another:
/// then they read a copy, which is refreshed once after each update rather than once for each micro-batch, and only when
/// a plan runs that reads it. Tensors are shared by the plans of all batch sizes.
final class ParameterTensors {
  let values: Slab
  private let engine: Engine
  private var valueTensors: [(range: Range<Int>, tensor: Tensor)] = []
  private var gradientTensors: [(range: Range<Int>, tensor: Tensor)] = []
  private var copies: [ParameterCopy] = []
  private var gradients: UnsafeMutableBufferPointer<Float>

  /// - Parameter gradients: where gradients are written until ``moveGradients(to:)`` says otherwise.
  init(values: Slab, gradients: Slab, on engine: Engine) {
    self.values = values
    self.gradients = gradients.floats
    self.engine = engine
  }

  /// The parameter in the slab, in the plain layout `descriptor`.
  func value(_ range: Range<Int>, as descriptor: MemoryDescriptor) throws(OneDNNError) -> Tensor {
    try find(&valueTensors, range, descriptor) { () throws(OneDNNError) in
      try Tensor(descriptor, on: engine, at: address(of: range, in: values.floats))
    }
  }

  /// Where the gradient goes, in the plain layout `descriptor`.
  func gradient(_ range: Range<Int>, as descriptor: MemoryDescriptor) throws(OneDNNError) -> Tensor {
    try find(&gradientTensors, range, descriptor) { () throws(OneDNNError) in
      try Tensor(descriptor, on: engine, at: address(of: range, in: gradients))
    }
  }

  /// The parameter in the layout `wanted`: the slab itself where that is `plain`, else a copy, which joins `used`.
  func value(
    _ range: Range<Int>, from plain: MemoryDescriptor, in wanted: MemoryDescriptor, used: ParameterCopies
  ) throws(OneDNNError) -> Tensor {
    let value = try value(range, as: plain)
    guard wanted != plain else { return value }
    if let copy = copies.first(where: { $0.range == range && $0.tensor.descriptor == wanted }) {
      used.add(copy)
      return copy.tensor
    }
    let copy = try ParameterCopy(of: value, range, in: wanted, on: engine)
    copies.append(copy)
    used.add(copy)
    return copy.tensor
  }

  /// Marks all copies as old; to be called whenever the values have changed.
  func valuesChanged() {
    for copy in copies { copy.isCurrent = false }
  }

  /// Lets the following backward passes write their gradients to `memory`, laid out as the slab is.
  func moveGradients(to memory: UnsafeMutableBufferPointer<Float>) throws(OneDNNError) {
    guard memory.baseAddress != gradients.baseAddress else { return }
    gradients = memory
    for (range, tensor) in gradientTensors { try tensor.move(to: address(of: range, in: memory)) }
  }

  private func find(
    _ known: inout [(range: Range<Int>, tensor: Tensor)], _ range: Range<Int>, _ descriptor: MemoryDescriptor,
    orMake make: () throws(OneDNNError) -> Tensor
  ) throws(OneDNNError) -> Tensor {
    if let entry = known.first(where: { $0.range == range && $0.tensor.descriptor == descriptor }) {
      return entry.tensor
    }
    let tensor = try make()
    known.append((range, tensor))
    return tensor
  }

  private func address(of range: Range<Int>, in memory: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<
    Float
  > {
    guard let base = memory.extracting(range).baseAddress else { preconditionFailure("a slab has memory") }
    return base
  }
}

/// A parameter in another layout than the slab's.
final class ParameterCopy {
  let range: Range<Int>
  let tensor: Tensor
  var isCurrent = false
  private var pass = Pass()

  init(of value: Tensor, _ range: Range<Int>, in layout: MemoryDescriptor, on engine: Engine) throws(OneDNNError) {
    self.range = range
    tensor = try pass.reorder(value, to: layout, on: engine)
  }

  func refresh() throws(OneDNNError) {
    guard !isCurrent else { return }
    try pass.execute()
    isCurrent = true
  }
}

/// The copies that a plan reads.
final class ParameterCopies {
  private var copies: [ParameterCopy] = []

  func add(_ copy: ParameterCopy) { if !copies.contains(where: { $0 === copy }) { copies.append(copy) } }

  /// Brings those up to date that are not; to be called before the plan runs.
  func refresh() throws(OneDNNError) { for copy in copies { try copy.refresh() } }
}
