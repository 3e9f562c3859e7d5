import OneDNN

/// Several lists of layers on one input, whose results become one: what ``Branches`` and ``Residual`` share.
public protocol BranchedLayer: Layer {
  /// The lists, each with the name that its parameters have in files.
  var branches: [(name: String, layers: NestedLayers)] { get }
  /// How the results become one.
  var merge: BranchMerge { get }
  /// The same layer with every layer of its branches replaced.
  func mappingLayers(_ transform: (any Layer) -> any Layer) -> Self
}

/// How the results of branches become one.
public enum BranchMerge: String, Codable, Sendable, CaseIterable {
  /// Their sum.
  case add
  /// Their channels, one after the other.
  case concatenate
}

extension BranchedLayer {
  /// The shape of the sum, or the channels of all; throws if the results do not fit together.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    var shapes: [Shape] = []
    for branch in branches {
      do throws(ShapeError) {
        shapes.append(try branch.layers.outputShape(for: input))
      } catch {
        var error = error
        error.layer = "branch \(branch.name), \(error.layer)"
        throw error
      }
    }
    for shape in shapes {
      let fits = merge == .add ? shape == shapes[0] : shape.spatial == shapes[0].spatial
      guard fits else {
        throw ShapeError(
          expected: merge == .add ? "branches of one shape, \(shapes[0])" : "branches of one size, \(shapes[0])",
          found: shape, advice: "give the branches the same strides and padding, or the shortcut a Conv2D of its own")
      }
    }
    return merge == .add ? shapes[0] : Shape(shapes[0].spatial + [shapes.reduce(0) { $0 + $1.channels }])
  }

  /// What the layers of all branches learn; each name has those of its branch and its layer before it.
  public func parameters(for input: Shape) -> [ParameterSpecification] {
    branches.flatMap { branch in branch.layers.parameters(for: input).map { $0.nested(in: branch.name) } }
  }

  /// Creates the primitives and the memory to run the layer for one batch size.
  public func plan(_ context: PlanContext) throws -> any LayerPlan { try BranchesPlan(self, context) }

  /// Adds the layers of all branches, and Keras' `Add` or `Concatenate`.
  public func addKerasLayers(to graph: inout KerasGraph, input: Shape, from source: String) throws -> String {
    let name = self.name ?? Self.defaultName
    let results = try branches.map { branch in
      try graph.appendNested(branch.layers, named: branch.name, in: name, input: input, from: source)
    }
    // Keras' own residual networks add to the shortcut, which decides the order of layers and so that of weights.
    return merge == .add
      ? graph.append("Add", [:], named: name, from: results.reversed())
      : graph.append("Concatenate", ["axis": .int(-1)], named: name, from: results)
  }
}

private final class BranchesPlan: LayerPlan {
  let output: Tensor
  private let context: PlanContext
  private let merge: BranchMerge
  private let plans: [any LayerPlan]
  private var mergePass = Pass()
  private var splitPass = Pass()
  private var sumPass = Pass()

  init(_ layer: any BranchedLayer, _ context: PlanContext) throws {
    self.context = context
    merge = layer.merge
    plans = try layer.branches.map { branch in
      try branch.layers.plan(
        context.nested(
          branch.name, input: context.input, inputShape: context.inputShape,
          outputShape: branch.layers.outputShape(for: context.inputShape)))
    }
    let results = plans.map(\.output)
    switch merge {
    case .add:
      output = try Tensor(results[0].descriptor, on: context.engine)
      let sum = try Sum(of: results.map(\.descriptor), into: output.descriptor, on: context.engine)
      try mergePass.append(sum.call(results, into: output))
    case .concatenate:
      // Plain, so that the part of each branch is a range of every row.
      output = try Tensor(.plain(context.dimensions(of: context.outputShape)), on: context.engine)
      let concatenation = try Concatenation(
        of: results.map(\.descriptor), into: output.descriptor, on: context.engine)
      try mergePass.append(concatenation.call(results, into: output))
    }
  }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let engine = context.engine
    // Each branch has a gradient of its own, since a plan may overwrite what it is given.
    var gradients: [Tensor] = []
    switch merge {
    case .add:
      for plan in plans {
        let copy = try Tensor(plan.output.descriptor, on: engine)
        try splitPass.copy(outputGradient, into: copy, on: engine)
        gradients.append(copy)
      }
    case .concatenate:
      let plain = try splitPass.reorder(outputGradient, to: output.descriptor, on: engine)
      var channel = 0
      for plan in plans {
        let channels = channel..<channel + plan.output.descriptor.dimensions[1]
        let part = try Tensor(viewing: plain, as: plain.descriptor.channels(channels), on: engine)
        let copy = try Tensor(plan.output.descriptor, on: engine)
        try splitPass.copy(part, into: copy, on: engine)
        gradients.append(copy)
        channel = channels.upperBound
      }
    }
    let inputGradients = try zip(plans, gradients).compactMap { plan, gradient in
      try plan.planBackward(gradient, needsInputGradient: needsInputGradient)
    }
    guard needsInputGradient, let first = inputGradients.first else { return nil }
    let inputGradient = try Tensor(first.descriptor, on: engine)
    let sum = try Sum(of: inputGradients.map(\.descriptor), into: inputGradient.descriptor, on: engine)
    try sumPass.append(sum.call(inputGradients, into: inputGradient))
    return inputGradient
  }

  func forward() throws(OneDNNError) {
    for plan in plans { try plan.forward() }
    try mergePass.execute()
  }

  func backward() throws(OneDNNError) {
    try splitPass.execute()
    for plan in plans { try plan.backward() }
    try sumPass.execute()
  }
}
