import Numerics
import Testing

@Suite struct PhiloxTests {
  /// The known answers that the paper's authors ship with their Random123 library.
  @Test(arguments: [
    (
      SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: 0xffff_ffff), SIMD2<UInt32>(repeating: 0xffff_ffff),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }
}

@Suite struct RandomStreamTests {
  @Test func streamsDependOnSeedPurposeAndKeysOnly() {
    func first(_ seed: UInt64, _ purpose: RandomPurpose, _ a: UInt32, _ b: UInt32) -> [UInt32] {
      var stream = RandomStream(seed: seed, purpose: purpose, a, b)
      return (0..<9).map { _ in stream.next() }
    }
    let reference = first(7, .shuffle, 1, 2)
    #expect(first(7, .shuffle, 1, 2) == reference)
    for other in [
      first(8, .shuffle, 1, 2), first(7 + 1 << 32, .shuffle, 1, 2), first(7, .dropout, 1, 2), first(7, .shuffle, 2, 2),
      first(7, .shuffle, 1, 3), first(7, .shuffle, 2, 1),
    ] {
      #expect(Set(other).isDisjoint(with: reference))
    }
  }

  /// 60,000 draws from ten values: each count is binomial with mean 6,000 and deviation 73; five deviations are allowed.
  @Test func boundedDrawsAreUniform() {
    var stream = RandomStream(seed: 1, purpose: .sampling)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<60_000 { counts[Int(stream.below(10))] += 1 }
    #expect(counts.allSatisfy { abs($0 - 6_000) < 367 })
  }

  /// The mean of 100,000 uniform numbers has deviation 0.289 / 316; five are allowed.
  @Test func uniformNumbersFillTheInterval() {
    var stream = RandomStream(seed: 3, purpose: .initialization, 4)
    let numbers = (0..<100_000).map { _ in stream.uniform(-2, 3) }
    #expect(numbers.allSatisfy { $0 >= -2 && $0 < 3 })
    #expect(abs(numbers.reduce(0, +) / 100_000 - 0.5) < 0.023)
  }

  /// Moments of 100,000 normal numbers: their deviations are √(1, 2, 15, 96) / 316 for the first four; five are allowed.
  @Test func normalNumbersHaveTheirMoments() {
    var stream = RandomStream(seed: 3, purpose: .initialization, 5)
    let numbers = (0..<100_000).map { _ in stream.normal() }
    for (power, expected, allowed) in [(1, 0.0, 0.016), (2, 1, 0.023), (3, 0, 0.062), (4, 3, 0.155)] {
      let moment = numbers.reduce(0) { sum, number in sum + (0..<power).reduce(1.0) { product, _ in product * number } }
      #expect(abs(moment / 100_000 - expected) < allowed, "moment \(power)")
    }
    // 31.73 % are farther than one deviation from the mean, with a deviation of 0.15 %.
    #expect(abs(Double(numbers.count { $0.magnitude > 1 }) / 100_000 - 0.3173) < 0.0075)
    // Neighbours have nothing to do with each other, nor with each other's magnitude.
    let products = zip(numbers, numbers.dropFirst())
    #expect(abs(products.reduce(0) { $0 + $1.0 * $1.1 } / 100_000) < 0.016)
    #expect(abs(products.reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) } / 100_000) < 0.032)
  }

  /// Cutting at 2 deviations leaves a deviation of 0.87962566.
  @Test func truncatedNormalNumbersStayNear() {
    var stream = RandomStream(seed: 3, purpose: .initialization, 6)
    let numbers = (0..<100_000).map { _ in stream.truncatedNormal() }
    #expect(numbers.allSatisfy { $0.magnitude <= 2 })
    let square = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
    #expect(abs(square.squareRoot() - 0.87962566) < 0.008)
  }

  @Test func shufflingPermutes() {
    var stream = RandomStream(seed: 5, purpose: .shuffle, 0, 1)
    var values = Array(0..<1_000)
    stream.shuffle(&values)
    #expect(values != Array(0..<1_000))
    #expect(values.sorted() == Array(0..<1_000))
  }

  /// Every order of three values appears in 6,000 shuffles about a thousand times (deviation 29; five are allowed).
  @Test func everyOrderIsEquallyLikely() {
    var counts: [[Int]: Int] = [:]
    for seed in 0..<6_000 {
      var stream = RandomStream(seed: UInt64(seed), purpose: .shuffle)
      var values = [0, 1, 2]
      stream.shuffle(&values)
      counts[values, default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 145 })
  }
}
