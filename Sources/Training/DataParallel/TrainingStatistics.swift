import Datasets
import MPI
import NeuralNetwork

extension ChannelStatistics {
  /// Computes the statistics of the whole training split: every sample once, on whatever rank, with the same bits.
  ///
  /// The sums of bytes are exact; those of other numbers are made in double precision, shard by shard, and added along the
  /// tree. The variance is the mean square of the distances from the mean, in a second pass.
  ///
  /// Always along the tree: the statistics are settings of the model from then on, and a run may be resumed with another way
  /// of reducing.
  ///
  /// Collective: every rank of `world` must call this, with the same arguments but for the samples.
  ///
  /// - Parameters:
  ///   - samples: those of this rank, for passes in stored order; the slabs of its shards are among them.
  ///   - slabs: the samples of each virtual shard, all shards together every sample once.
  init(
    of samples: StoredSamples, slabs: [Range<Int>], shards: VirtualShards, world: Communicator
  ) throws {
    let channels = samples.imageShape.last ?? 1
    let mine = shards.range(ofRank: world.rank, of: world.size)
    let image = UnsafeMutableBufferPointer<Float>.allocate(capacity: samples.elementsPerImage)
    image.initialize(repeating: 0)
    defer { image.deallocate() }
    let values = Double(slabs.reduce(0) { $0 + $1.count } * samples.elementsPerImage / channels)
    let allreduce = try TreeAllreduce(world: world, shards: shards, floats: 0, doubles: channels)
    func means(of value: (Float, Int) -> Double) throws -> [Double] {
      for shard in mine {
        let sums = allreduce.slot.doubles
        sums.update(repeating: 0)
        for sample in slabs[shard] {
          let offset = sample - slabs[shard].lowerBound
          if offset % TrainingSamples.batchInStoredOrder == 0 {
            let end = min(sample + TrainingSamples.batchInStoredOrder, slabs[shard].upperBound)
            try samples.prepare(Array(sample..<end))
          }
          var pixels = image.mutableSpan
          samples.copyImage(sample, into: &pixels)
          for index in image.indices { sums[index % channels] += value(image[index], index % channels) }
        }
        allreduce.add()
      }
      return try allreduce.reduce().doubles.map { $0 / values }
    }
    var lowest = [Float](repeating: .infinity, count: channels)
    var highest = [Float](repeating: -.infinity, count: channels)
    let mean = try means { value, channel in
      lowest[channel] = min(lowest[channel], value)
      highest[channel] = max(highest[channel], value)
      return Double(value)
    }
    let variance = try means { value, channel in
      let distance = Double(value) - mean[channel]
      return distance * distance
    }
    try allreduce.free()
    self.init(
      mean: mean, variance: variance,
      minimum: try lowest.map { Double(ordered: try world.allreduce(minimum: Double($0).ordered)) },
      maximum: try highest.map { Double(ordered: try world.allreduce(maximum: Double($0).ordered)) })
  }
}

extension Double {
  /// A whole number that is larger for a larger number: MPI compares whole numbers for us.
  ///
  /// The two zeros are one number: which of them a rank meets first depends on what it has.
  fileprivate var ordered: Int {
    if self == 0 { return 0 }
    let bits = Int(bitPattern: UInt(bitPattern))
    return bits < 0 ? bits ^ Int.max : bits
  }

  fileprivate init(ordered bits: Int) {
    self.init(bitPattern: UInt64(UInt(bitPattern: bits < 0 ? bits ^ Int.max : bits)))
  }
}
