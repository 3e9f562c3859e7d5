import Datasets
import MPI
import TestSupport
import Testing

@testable import Training

extension RankTests {
  @MainActor @Suite struct SharedSamplesTests {
    let world = RankTests.world

    private func pixels(_ samples: StoredSamples, _ index: Int) -> [Float] {
      var image = [Float](repeating: -1, count: samples.elementsPerImage)
      var span = image.mutableSpan
      samples.copyImage(index, into: &span)
      return image
    }

    /// Every rank finds every sample of every split, and together they hold the bytes once.
    @Test func everyRankSeesAllSamples() throws {
      let shared = try SharedSamples(StoreSelection(BuiltProgram.digits), memoryPerRank: nil, on: world)
      var bytes = 0
      for (name, split) in shared.store.splits {
        let samples = try #require(shared.samples(of: name))
        let read = try StoredSamples(of: shared.store, split: name, range: 0..<split.count)
        #expect(samples.labels == read.labels)
        #expect((0..<split.count).allSatisfy { pixels(samples, $0) == pixels(read, $0) })
        bytes += split.count * split.bytesPerImage
      }
      #expect(shared.bytesPerNode == bytes)
      try shared.free()
    }

    /// What does not fit stays in the file.
    @Test func whatDoesNotFitIsNotShared() throws {
      let memory = ByteCount(bytes: 30_000 / world.size)
      let shared = try SharedSamples(StoreSelection(BuiltProgram.digits), memoryPerRank: memory, on: world)
      #expect(shared.samples(of: .train) == nil && shared.samples(of: .test)?.count == 360)
      try shared.free()
    }
  }
}
