/// The merging of adjacent partial sums into the largest subtrees of their union, without changing any of them.
///
/// Additions in place would do, but the partial sums are other ranks' and their memory may be far. So what would be the
/// first addition to a partial sum goes to a third place, and only results are written to memory: the sums on the way
/// stay in scratch blocks.
struct ReductionPlan: Equatable {
  /// One of the vectors that a step reads or writes, by its number among its kind.
  enum Operand: Equatable {
    case partial(Int)
    case result(Int)
    case scratch(Int)
  }

  /// The addition of `left` and `right`; `into` is `left` itself if that is no partial sum.
  struct Step: Equatable {
    let left: Operand
    let right: Operand
    let into: Operand
  }

  /// The additions, in order.
  private(set) var steps: [Step] = []
  /// Where the sums of the largest subtrees are afterwards, from left to right: a partial sum that was alone, or a result.
  let outputs: [Operand]
  /// The number of results to provide.
  let results: Int
  /// The number of scratch blocks to provide.
  private(set) var scratches = 0

  init(merging partials: [Range<Int>], in tree: ReductionTree) {
    let additions = tree.additions(merging: partials)
    let remaining = Set(partials.indices).subtracting(additions.map(\.from))
    let summed = Set(additions.map(\.into)).intersection(remaining).sorted()

    var places = partials.indices.map { Operand.partial($0) }
    var freeScratches: [Int] = []
    for addition in additions {
      let left = places[addition.into]
      let right = places[addition.from]
      if case .partial = left {
        if let result = summed.firstIndex(of: addition.into) {
          places[addition.into] = .result(result)
        } else {
          if freeScratches.isEmpty {
            freeScratches.append(scratches)
            scratches += 1
          }
          places[addition.into] = .scratch(freeScratches.removeLast())
        }
      }
      steps.append(Step(left: left, right: right, into: places[addition.into]))
      if case .scratch(let index) = right { freeScratches.append(index) }
    }
    outputs = remaining.sorted().map { places[$0] }
    results = summed.count
  }
}
