/// The fixed binary tree along which the sums of all virtual shards are added.
///
/// `tree(lo, hi)` adds `tree(lo, mid)` and `tree(mid, hi)` with `mid = lo + ` the largest power of two below `hi - lo`.
/// Its subtrees are named by the range of their leaves: they are the aligned blocks whose length is a power of two, cut
/// off at the last leaf. Addition of floating-point numbers is commutative but not associative: whoever adds siblings,
/// and only siblings, gets the same bits.
public struct ReductionTree: Sendable, Equatable {
  /// The number of leaves, one per virtual shard.
  public let leaves: Int

  /// The tree over `leaves` leaves.
  public init(leaves: Int) {
    precondition(leaves >= 1, "a tree needs a leaf")
    self.leaves = leaves
  }

  /// The addition of one partial sum to another, both named by their place in a list; `from` is used up.
  public struct Addition: Sendable, Equatable {
    /// The partial sum that becomes the sum of both, the left one.
    public let into: Int
    /// The partial sum that is added.
    public let from: Int
  }

  /// The largest complete subtrees inside `range`, from left to right: what can be added without other leaves.
  public func subtrees(of range: Range<Int>) -> [Range<Int>] {
    var subtrees: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var length = 1
      while start % (2 * length) == 0, length < leaves, min(start + 2 * length, leaves) <= range.upperBound {
        length *= 2
      }
      let end = min(start + length, leaves)
      subtrees.append(start..<end)
      start = end
    }
    return subtrees
  }

  /// Whether `left` and `right` are the two halves of a subtree.
  public func areSiblings(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    let length = left.count
    return left.upperBound == right.lowerBound && length.nonzeroBitCount == 1 && left.lowerBound % (2 * length) == 0
      && right.upperBound == min(left.lowerBound + 2 * length, leaves)
  }

  /// The additions, in order, that turn adjacent partial sums into the largest complete subtrees of their union.
  ///
  /// What remains is left in the places that are not the `from` of an addition. The rule is that of a binary counter:
  /// take the partial sums from left to right and add the last two as long as they are siblings.
  public func additions(merging partials: [Range<Int>]) -> [Addition] {
    var additions: [Addition] = []
    var stack: [(place: Int, range: Range<Int>)] = []
    for (place, range) in partials.enumerated() {
      stack.append((place, range))
      while stack.count >= 2, areSiblings(stack[stack.count - 2].range, stack[stack.count - 1].range) {
        let right = stack.removeLast()
        let left = stack.removeLast()
        additions.append(Addition(into: left.place, from: right.place))
        stack.append((left.place, left.range.lowerBound..<right.range.upperBound))
      }
    }
    return additions
  }
}
