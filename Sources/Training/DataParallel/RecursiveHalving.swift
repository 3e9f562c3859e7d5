/// One participant's part in a recursive halving: whom it meets, and how their partial sums are merged.
///
/// The participants have adjacent ranges of leaves, in order. Of `m` of them, with `p` the largest power of two up to
/// `m`, the first `2(m-p)` fold in pairs: the odd one hands its partial sums to the even one. The `p` that are left have
/// the places 0 to `p-1`. In rounds of distance 1, 2, 4, ... place `i` meets place `i XOR distance`: both hold the same
/// slice of the partial sums of their groups, exchange halves of it, and merge them to the partial sums of both groups.
/// Near places meet first, because only adjacent ranges can be added; so there are never more partial sums than the
/// subtrees of one contiguous range. In the end each place has one slice of the total.
struct RecursiveHalving: Equatable {
  /// What becomes of a participant's partial sums when it gets those of a partner.
  struct Merge: Equatable {
    /// The partner, by its number among all participants.
    let partner: Int
    /// The number of partial sums that the partner has, and sends.
    let received: Int
    /// Whether this participant's leaves are below the partner's.
    ///
    /// Then its partial sums come first, and it keeps the lower half.
    let isLower: Bool
    /// The merging of the partial sums of both.
    let plan: ReductionPlan
  }

  /// The participant that takes this one's partial sums and sends it the total; there are no rounds then.
  let foldedInto: Int?
  /// The merging with a participant that is folded into this one, before the rounds.
  let fold: Merge?
  /// The rounds, in order.
  let rounds: [Merge]

  /// Plans the part of participant `index`.
  ///
  /// - Parameter partials: the leaves below each partial sum of each participant, from left to right.
  init(_ index: Int, partials: [[Range<Int>]], in tree: ReductionTree) {
    let all = ReductionPlan(merging: partials.flatMap(\.self), in: tree)
    precondition(all.outputs == [.result(0)], "the partial sums do not make up the whole tree")
    var places = 1
    while 2 * places <= partials.count { places *= 2 }
    let pairs = partials.count - places
    let participants = (0..<places).map { $0 < pairs ? 2 * $0 : $0 + pairs }
    guard let place = participants.firstIndex(of: index) else {
      (foldedInto, fold, rounds) = (index - 1, nil, [])
      return
    }

    foldedInto = nil
    if place < pairs {
      let plan = ReductionPlan(merging: partials[index] + partials[index + 1], in: tree)
      fold = Merge(partner: index + 1, received: partials[index + 1].count, isLower: true, plan: plan)
    } else {
      fold = nil
    }

    let starts = participants.map { partials[$0][0].lowerBound } + [tree.leaves]
    var rounds: [Merge] = []
    var distance = 1
    while distance < places {
      /// The partial sums of the `distance` places that a place has met so far.
      func group(of place: Int) -> [Range<Int>] {
        let first = place / distance * distance
        return tree.subtrees(of: starts[first]..<starts[first + distance])
      }
      let partner = place ^ distance
      let plan = ReductionPlan(merging: group(of: min(place, partner)) + group(of: max(place, partner)), in: tree)
      rounds.append(
        Merge(
          partner: participants[partner], received: group(of: partner).count, isLower: place < partner, plan: plan))
      distance *= 2
    }
    self.rounds = rounds
  }
}
