import Glibc

/// The counter-based random number generator Philox4x32-10.
///
/// A pure function from a 64-bit key and a 128-bit counter to four 32-bit words. Whoever needs randomness names what it
/// is for instead of carrying a generator's state about, so the numbers cannot depend on rank, thread or time, and a
/// checkpoint has no generator to save.
///
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
public enum Philox {
  /// Encrypts `counter` under `key` in ten rounds.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = counter[0].multipliedFullWidth(by: 0xD251_1F53)
      let second = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}

/// What random numbers are drawn for: streams of different purposes never overlap.
public enum RandomPurpose: UInt32, Sendable {
  /// Initial values; keyed by the parameter's number.
  case initialization = 1
  /// The order of samples; keyed by the epoch and the virtual shard.
  case shuffle = 2
  /// Augmented pictures; keyed by the epoch and the sample.
  case augmentation = 3
  /// Dropped activations; keyed by the number of updates before, the sample and the layer.
  case dropout = 4
  /// Draws outside training: synthetic data, sampled settings of a sweep.
  case sampling = 5
}

/// One endless sequence of random numbers, fixed by the seed and by what it is for.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4
  private var spareNormal: Double?

  /// Starts the sequence for `purpose` and its keys (say step, sample and layer) under the run's seed.
  ///
  /// A sequence holds 2^34 words; sequences with another seed, purpose or key are independent of it. The third key has 24
  /// bits.
  public init(
    seed: UInt64, purpose: RandomPurpose, _ first: UInt32 = 0, _ second: UInt32 = 0, _ third: UInt32 = 0
  ) {
    precondition(third < 1 << 24, "a key of 24 bits")
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(0, second, first, third << 8 | purpose.rawValue)
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if used == 4 {
      block = Philox.block(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// A number of `[0, 1)`, one of the 2^24 multiples of 2^-24.
  public mutating func uniform() -> Float {
    Float(next() >> 8) * 0x1p-24
  }

  /// A number of `[lower, upper)`.
  public mutating func uniform(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * uniform()
  }

  /// A number of the normal law with mean 0 and deviation 1; its magnitude is below 6.7.
  ///
  /// The C library's `log`, `cos` and `sin` decide its last bits, so another version of that library may give others.
  ///
  /// Source: Box and Muller, "A note on the generation of random normal deviates" (1958).
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    // Half a step away from 0, whose logarithm there is none of.
    let radius = (-2 * log((Double(next()) + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * Double(next()) * 0x1p-32
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A number of the normal law that is at most 2 deviations from its mean; others are drawn again.
  public mutating func truncatedNormal() -> Double {
    while true {
      let number = normal()
      if number.magnitude <= 2 { return number }
    }
  }

  /// An unbiased whole number of `0..<bound`.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval" (2019).
  public mutating func below(_ bound: UInt32) -> UInt32 {
    precondition(bound > 0, "a range to draw from must not be empty")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// Shuffles `values` in place (Fisher and Yates, from the end).
  ///
  /// The standard library's `shuffle(using:)` is not used: its sequence of draws may change from version to version.
  public mutating func shuffle(_ values: inout [Int]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, Int(below(UInt32(last + 1))))
    }
  }
}
