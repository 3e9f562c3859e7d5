import Datasets
import Training

/// The fingerprints of the stores that trials name, each computed once.
final class StoreFingerprints {
  private var known: [(selection: StoreSelection, fingerprint: String)]

  /// Knows that of the store that is open.
  init(_ samples: SharedSamples) { known = [(samples.selection, samples.fingerprint)] }

  /// SHA-256 of what identifies a store.
  ///
  /// - Throws: what opening the store throws.
  func fingerprint(of selection: StoreSelection) throws -> String {
    if let entry = known.first(where: { $0.selection == selection }) { return entry.fingerprint }
    let fingerprint = try TrainingSetup.fingerprint(of: ImageStore(opening: selection))
    known.append((selection, fingerprint))
    return fingerprint
  }
}
