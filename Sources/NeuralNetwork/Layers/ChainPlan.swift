import OneDNN

/// Layers one after the other, as the plan of one layer.
final class ChainPlan: LayerPlan {
  private let plans: [any LayerPlan]

  /// Takes plans of which each reads the output of the one before; there is at least one.
  init(_ plans: [any LayerPlan]) { self.plans = plans }

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
    var gradient: Tensor? = outputGradient
    for (index, plan) in plans.enumerated().reversed() {
      guard let wanted = gradient else { return nil }
      gradient = try plan.planBackward(wanted, needsInputGradient: index > 0 || needsInputGradient)
    }
    return gradient
  }

  func forward() throws(OneDNNError) { for plan in plans { try plan.forward() } }
  func backward() throws(OneDNNError) { for plan in plans.reversed() { try plan.backward() } }
}
