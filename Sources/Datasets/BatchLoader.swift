import Glibc
import Numerics

/// Which samples each batch has, in the order of training.
public protocol BatchSchedule: Sendable {
  /// Appends the indices in the split of the next batch's samples to `indices`, which arrives empty.
  ///
  /// A batch may have no samples (an empty shard takes part in every step). Returns false at the end. Called from the
  /// reader thread; allocates nothing if it only appends.
  mutating func next(into indices: inout [Int]) -> Bool

  /// The epoch, counted from 0, of the batch that was appended last: it decides how its images are augmented.
  var epoch: Int { get }
}

/// Samples ready for a network.
///
/// The memory belongs to the loader and is valid until its next `next()`.
public struct Batch {
  /// The number of samples; may be 0.
  public let count: Int
  /// The pixels, `[count, H, W, C]`; bytes of the store are 0 to 255.
  public let images: UnsafeBufferPointer<Float>
  /// The classes, `[count]`; empty if the labels are values.
  public let labels: UnsafeBufferPointer<Int32>
  /// The values, `[count, width]`; empty if the labels are classes.
  public let values: UnsafeBufferPointer<Float>
  /// The indices of the samples in the split, `[count]`.
  public let indices: UnsafeBufferPointer<Int>
}

/// Prepares batches on a thread of its own while the caller computes.
///
/// The batches come out in the schedule's order, whatever the threads do. All memory is allocated at the start. Used
/// from one thread.
public final class BatchLoader {
  /// How many batches there is room for: `minimum`, or more if they are so small that changing threads for each would take
  /// longer than copying it.
  public static func slots(largestBatch: Int, elementsPerImage: Int, minimum: Int = 8) -> Int {
    let bytes = max(largestBatch * elementsPerImage, 1) * MemoryLayout<Float>.size
    return max(minimum, min(smallBatchBytes / bytes, largestSlotCount))
  }

  /// What many small batches may take together: they stay in the level-2 cache.
  private static let smallBatchBytes = 128 << 10
  private static let largestSlotCount = 64

  /// The memory that the prepared images take, in bytes.
  ///
  /// - Parameter slots: how many batches there is room for; nil for ``slots(largestBatch:elementsPerImage:minimum:)``.
  public static func byteCount(largestBatch: Int, of split: Split, slots: Int? = nil) -> Int {
    (slots ?? Self.slots(largestBatch: largestBatch, elementsPerImage: split.elementsPerImage)) * largestBatch
      * split.elementsPerImage * MemoryLayout<Float>.size
  }

  private let reader: BatchReader
  private var thread: SystemThread?
  /// The time that the caller has waited for batches: in the steady state none, if reading is faster than computing.
  public private(set) var secondsWaited = 0.0

  /// Starts the reader thread.
  ///
  /// - Parameters:
  ///   - samples: where the samples are; the schedule names no others.
  ///   - largestBatch: the largest number of samples of a batch.
  ///   - schedule: which samples each batch has.
  ///   - transformer: changes the images; nil delivers them as they are.
  ///   - slots: how many batches there is room for, one of them the caller's; nil for
  ///     ``slots(largestBatch:elementsPerImage:minimum:)``.
  public init(
    samples: StoredSamples, largestBatch: Int, schedule: any BatchSchedule, transformer: ImageTransformer? = nil,
    slots: Int? = nil
  ) {
    let slots = slots ?? Self.slots(largestBatch: largestBatch, elementsPerImage: samples.elementsPerImage)
    reader = BatchReader(
      samples: samples, largestBatch: largestBatch, schedule: schedule, transformer: transformer, slots: slots)
    thread = reader.start()
  }

  deinit { stop() }

  /// The next batch, or nil at the end; the memory of the batch before is used again.
  ///
  /// - Throws: what the reader thread met where this batch would have come: a file that cannot be read any more, a pixel
  ///   that is not finite; `ThreadError` if there could be no thread.
  public func next() throws -> Batch? {
    let (batch, seconds) = try reader.take()
    secondsWaited += seconds
    return batch
  }

  /// Ends the reader thread, at the latest after the batch it is at; then there are no more batches.
  public func stop() {
    guard let thread else { return }
    reader.stop()
    thread.join()
    self.thread = nil
  }
}

/// A ring of slots that one thread fills and another empties.
///
/// The slots in order are: the one lent to the consumer (if any), the filled ones, the free ones. What a slot holds is
/// touched only by the side that owns it; the counts, and who waits, are behind the mutex.
private final class BatchReader: @unchecked Sendable {
  private let samples: StoredSamples
  private let transformer: ImageTransformer?
  private let slots: [BatchSlot]

  // Of the reader thread.
  private var schedule: any BatchSchedule
  private var indices: [Int] = []

  // Behind the mutex.
  private var nextToTake = 0
  private var filled = 0
  private var isLent = false
  private var isFinished = false
  private var failure: (any Error)?
  private var isStopped = false

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signalled when half of the slots are free, or at the end.
  private let slotsFree = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Signalled when a slot is filled, or at the end.
  private let slotFilled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(
    samples: StoredSamples, largestBatch: Int, schedule: any BatchSchedule, transformer: ImageTransformer?, slots: Int
  ) {
    precondition(slots > 0 && largestBatch >= 0, "\(slots) slots for batches of \(largestBatch)")
    self.samples = samples
    self.transformer = transformer
    self.schedule = schedule
    self.slots = (0..<slots).map { _ in BatchSlot(capacity: largestBatch, for: samples) }
    indices.reserveCapacity(largestBatch)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(slotsFree, nil)
    pthread_cond_init(slotFilled, nil)
  }

  deinit {
    pthread_cond_destroy(slotFilled)
    pthread_cond_destroy(slotsFree)
    pthread_mutex_destroy(mutex)
    slotFilled.deallocate()
    slotsFree.deallocate()
    mutex.deallocate()
  }

  // MARK: The reader thread

  /// Starts the thread, which keeps this object alive; where there can be none, the consumer is told so in place of the first
  /// batch.
  func start() -> SystemThread? {
    do {
      return try SystemThread("cnn-dist reader") { [self] in run() }
    } catch {
      finish(error)
      return nil
    }
  }

  private func run() {
    var slot = 0
    while waitForFreeSlot() {
      indices.removeAll(keepingCapacity: true)
      guard schedule.next(into: &indices) else { break }
      do {
        try samples.prepare(indices)
      } catch {
        return finish(error)
      }
      slots[slot].fill(with: indices, from: samples, transformer, epoch: schedule.epoch)
      publishSlot()
      slot = (slot + 1) % slots.count
    }
    finish()
  }

  /// Returns when a slot can be filled; false if the loader is stopped.
  private func waitForFreeSlot() -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    // Once all slots are full the reader sleeps until half are free: where it shares a core with the consumer, a change
    // of thread for each batch costs more than it gains.
    if freeSlots == 0 {
      while freeSlots < halfOfSlots && !isStopped { pthread_cond_wait(slotsFree, mutex) }
    }
    return !isStopped
  }

  private func publishSlot() {
    pthread_mutex_lock(mutex)
    filled += 1
    pthread_cond_signal(slotFilled)
    pthread_mutex_unlock(mutex)
  }

  private func finish(_ error: (any Error)? = nil) {
    pthread_mutex_lock(mutex)
    failure = error
    isFinished = true
    pthread_cond_signal(slotFilled)
    pthread_mutex_unlock(mutex)
  }

  // MARK: The consumer

  /// Gives back the slot lent before, waits for a filled one and lends it; also says how many seconds it waited.
  func take() throws -> (batch: Batch?, seconds: Double) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if isLent {
      isLent = false
      nextToTake = (nextToTake + 1) % slots.count
      if freeSlots >= halfOfSlots { pthread_cond_signal(slotsFree) }
    }
    var seconds = 0.0
    if filled == 0 && !isFinished && !isStopped {
      let start = ContinuousClock.now
      while filled == 0 && !isFinished && !isStopped { pthread_cond_wait(slotFilled, mutex) }
      seconds = (ContinuousClock.now - start) / .seconds(1)
    }
    guard filled > 0 && !isStopped else {
      if let failure, !isStopped { throw failure }
      return (nil, seconds)
    }
    filled -= 1
    isLent = true
    return (slots[nextToTake].batch, seconds)
  }

  /// Lets the reader thread end.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(slotsFree)
    pthread_mutex_unlock(mutex)
  }

  private var freeSlots: Int { slots.count - filled - (isLent ? 1 : 0) }
  private var halfOfSlots: Int { (slots.count + 1) / 2 }
}
