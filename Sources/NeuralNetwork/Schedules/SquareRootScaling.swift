/// The learning rate grows with the square root of the batch: `√(batch_size / reference)` times another schedule.
///
/// Keeps the variance of the steps. Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks"
/// (2014).
public struct SquareRootScaling: Schedule, BatchScaling {
  /// Its name in files.
  public static let kind = "square_root_scaling"

  /// The batch that the optimizer's learning rate is meant for.
  public var reference: Int
  /// The schedule that is scaled.
  public var then: Choice<ScheduleRegistry>

  /// Scales `then` from batches of `reference` samples.
  public init(reference: Int = 256, then: any Schedule = ConstantSchedule()) {
    self.reference = reference
    self.then = Choice(then)
  }

  /// Reads the settings; the constant rate is scaled unless another schedule is written.
  public init(from decoder: any Decoder) throws {
    self.init()
    try read(decoder)
  }

  /// The factor for a batch `ratio` times the reference.
  func scale(_ ratio: Double) -> Double { ratio.squareRoot() }
}
