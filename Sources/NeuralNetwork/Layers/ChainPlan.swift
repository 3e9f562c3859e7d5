import OneDNN

/// Layers one after the other, as the plan of one layer.
final class ChainPlan: LayerPlan {
  private let plans: [any LayerPlan]
  private let firstLearning: Int
  /// Those with a backward pass, from the last to the first.
  private var learning: [any LayerPlan] = []

  /// Takes plans of which each reads the output of the one before; there is at least one.
  ///
  /// - Parameter firstLearning: the first that may have parameters; those before it pass a gradient on and do nothing else.
  init(_ plans: [any LayerPlan], firstLearning: Int = 0) {
    self.plans = plans
    self.firstLearning = firstLearning
  }

  /// Compiles `layers`, which must not be empty, on the context's input; parameters are those of the context's layer.
  convenience init(_ layers: [any Layer], _ context: PlanContext) throws {
    var plans: [any LayerPlan] = []
    var context = context
    for layer in layers {
      context.outputShape = try layer.outputShape(for: context.inputShape)
      let plan = try layer.plan(context)
      plans.append(plan)
      context.input = plan.output
      context.inputShape = context.outputShape
    }
    self.init(plans)
  }

  var output: Tensor { plans[plans.count - 1].output }

  func planBackward(_ outputGradient: Tensor, needsInputGradient: Bool) throws -> Tensor? {
    let first = needsInputGradient ? 0 : firstLearning
    var gradient: Tensor? = outputGradient
    for (index, plan) in plans.enumerated().reversed() where index >= first {
      guard let wanted = gradient else { return nil }
      gradient = try plan.planBackward(wanted, needsInputGradient: index > first || needsInputGradient)
      learning.append(plan)
    }
    return gradient
  }

  func forward() throws(OneDNNError) { for plan in plans { try plan.forward() } }
  func backward() throws(OneDNNError) { for plan in learning { try plan.backward() } }
}
