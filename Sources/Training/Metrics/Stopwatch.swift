import Datasets

/// The time of an epoch's steps, as far as this process has computed them.
struct Stopwatch {
  /// The images since the start.
  var images = 0
  /// From the start to the stop.
  private(set) var seconds = 0.0
  /// How much of it this rank has waited for the reader thread.
  private(set) var secondsWaited = 0.0
  private var begin = ContinuousClock.now
  private var waitedBefore = 0.0

  mutating func start(_ batches: BatchLoader) {
    begin = .now
    waitedBefore = batches.secondsWaited
    images = 0
  }

  mutating func stop(_ batches: BatchLoader) {
    seconds = (ContinuousClock.now - begin) / .seconds(1)
    // The loader may be another one, which has waited less.
    secondsWaited = max(0, batches.secondsWaited - waitedBefore)
  }

  var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }
}
