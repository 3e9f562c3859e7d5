import Numerics

/// Adds the sums of one rank's shards, one shard after the other, as far as the tree allows without other ranks.
///
/// The partial sums form a stack: a new shard's sums are written to the slot on top, and siblings are added at once, so
/// few slots are needed: for eight shards four. After the last shard the stack holds the rank's largest complete
/// subtrees, from the bottom.
final class ShardAccumulator {
  private var slots: [ReductionSlot]
  private let plan: Plan
  private var added = 0
  private var height = 0

  /// What happens in a round; the same in each, and known to all ranks.
  struct Plan {
    /// How many additions complete each shard.
    let additions: [Int]
    /// The largest height of the stack.
    let slots: Int
    /// The partial sums in the end.
    let partials: [Range<Int>]

    init(shards: Range<Int>, in tree: ReductionTree) {
      var heights = [0]
      let additions = shards.map { shard in
        let before = heights[heights.count - 1] + 1
        let after = tree.subtrees(of: shards.lowerBound..<shard + 1).count
        heights += [before, after]
        return before - after
      }
      self.additions = additions
      slots = heights.max() ?? 0
      partials = tree.subtrees(of: shards)
    }
  }

  /// Accumulates in `slots`, of which `plan` uses the first; one more is needed for ``takeSum()``.
  init(_ plan: Plan, slots: [ReductionSlot]) {
    precondition(slots.count >= plan.slots, "\(plan.slots) slots are needed")
    self.plan = plan
    self.slots = slots
  }

  /// Where the next shard's sums are to be written.
  var slot: ReductionSlot {
    precondition(added < plan.additions.count, "all \(added) shards of this rank were added; reduce first")
    return slots[height]
  }

  /// The partial sums, once all shards were added.
  var partials: ArraySlice<ReductionSlot> { slots[..<plan.partials.count] }

  /// Says that ``slot`` holds a shard's sums; adds the siblings that it completes.
  func add() {
    precondition(added < plan.additions.count, "all \(added) shards of this rank were added; reduce first")
    for _ in 0..<plan.additions[added] {
      height -= 1
      add(slots[height + 1], to: slots[height])
    }
    height += 1
    added += 1
  }

  /// Ends the round: the next ``slot`` is that of the first shard again.
  func finish() {
    precondition(added == plan.additions.count, "\(added) of this rank's \(plan.additions.count) shards were added")
    added = 0
    height = 0
  }

  /// Adds all partial sums, in order but regardless of the tree, and gives the slot away until the next call.
  ///
  /// The spare slot takes its place, so that the next round does not write to it.
  func takeSum() -> ReductionSlot {
    let sum = slots[0]
    for partial in partials.dropFirst() { add(partial, to: sum) }
    slots.swapAt(0, slots.count - 1)
    return sum
  }

  private func add(_ source: ReductionSlot, to destination: ReductionSlot) {
    var floats = destination.floats.mutableSpan
    var doubles = destination.doubles.mutableSpan
    Numerics.add(source.floats.span, to: &floats)
    Numerics.add(source.doubles.span, to: &doubles)
  }
}
