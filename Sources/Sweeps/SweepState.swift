import Datasets
import FoundationEssentials
import Glibc
import HDF5
import NeuralNetwork
import Reports
import Training

/// A sweep's folder, as the first rank of a job prepares it and finds what is left to do.
public struct SweepState {
  /// The folder.
  public let folder: SweepFolder
  /// The trials to train, the longest first.
  public let pending: [PendingTrial]
  /// The records of trials that are done already.
  public let finished: [TrialRecord]
  /// How many trials are the same training as another one, and left out.
  public let duplicateCount: Int
  /// What they have scored at the rungs of the stopping rule.
  public let scores: [RungScore]
  private let lock: RunLock

  /// Makes the folder or continues what is in it.
  ///
  /// - Parameters:
  ///   - startsAnew: sets a journal that does not fit aside, beside the new one.
  ///   - samples: those of the store that trials have in common.
  /// - Throws: ``RunFolderError`` if something else is in the folder, or a sweep that differs, or another process is at it;
  ///   `ConfigurationError` if a trial cannot be.
  public init(
    _ folder: SweepFolder, _ configuration: SweepConfiguration, _ description: SweepDescription, part: SweepPart,
    startsAnew: Bool, samples: SharedSamples
  ) throws {
    self.folder = folder
    let (plan, trials) = try Self.plan(configuration, samples)
    var description = description
    description.plan = plan
    description.trials = plan.count
    duplicateCount = configuration.trialCount - plan.count

    try Self.requireSweepOrNothing(folder)
    try RunFolder(folder.path).create()
    // Parts of a job array begin at the same time: one after the other looks, sets aside and writes.
    let turn = try RunLock(folder: folder.path, name: ".lock-folder", patience: nil)
    lock = try RunLock(folder: folder.path, name: ".lock-\(part.name)")
    if folder.hasSweep {
      let differences = try folder.description().differences(from: description)
      if !differences.isEmpty {
        guard startsAnew else { throw Self.otherSweep(folder, differences) }
        try Self.requireNoOtherPart(folder, than: part) { _ in true }
        try Self.setAside(folder)
      }
    }
    try Self.requireNoOtherPart(folder, than: part) { $0.count != part.count }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(encoder.encode(description)) + [UInt8(ascii: "\n")], to: folder.descriptionFile)
    for path in [folder.journalsFolder, folder.logsFolder] { try RunFolder(path).create() }
    folder.removeStallNotes(part)
    withExtendedLifetime(turn) {}

    let records = try folder.records()
    let done = Dictionary(
      records.filter { $0.isDone(configuration.stopping) }.map { ($0.key, $0) }
    ) { first, _ in first }
    let rungs = Rungs(configuration.stopping, epochs: try configuration.base().epochs)
    let input = Shape(try samples.store.split(.train).imageShape)
    var scores: [RungScore] = []
    var pending: [(trial: PendingTrial, cost: Double)] = []
    for (planned, trial) in zip(plan, trials) {
      let index = planned.trial - 1
      if let record = done[planned.key] {
        // Whoever has not come through is not the best of those that have.
        for epoch in record.curve where record.isCandidate {
          guard let rung = rungs.rung(at: epoch.epoch) else { continue }
          scores.append(
            RungScore(
              rung: rung, trial: index,
              value: epoch.score(
                isValidated: description.validation != nil, skips: trial.configuration.nonFinite == .skip)))
        }
      } else if part.contains(index) {
        pending.append((PendingTrial(index: index, key: planned.key), trial.cost(on: input)))
      }
    }
    self.scores = scores
    finished = plan.compactMap { part.contains($0.trial - 1) ? done[$0.key] : nil }
    // Sorting is stable: trials of one cost stay in the order of the grid.
    self.pending = pending.sorted { $0.cost > $1.cost }.map(\.trial)
  }

  /// Makes sure that a folder has the sweep that is described, or nothing.
  ///
  /// - Throws: ``RunFolderError`` that says what is in it, or which settings differ.
  public static func check(_ folder: SweepFolder, for description: SweepDescription) throws {
    try requireSweepOrNothing(folder)
    guard folder.hasSweep else { return }
    let differences = try folder.description().differences(from: description)
    guard differences.isEmpty else { throw otherSweep(folder, differences) }
  }

  private static func otherSweep(_ folder: SweepFolder, _ differences: [String]) -> RunFolderError {
    let more = differences.count - namedDifferences
    let named = differences.prefix(namedDifferences).joined(separator: "; ")
    return RunFolderError(
      path: folder.path, problem: "there is another sweep in it: \(named)" + (more > 0 ? "; and \(more) more" : ""),
      advice: "use another --output, or --force to set its journal aside and start anew")
  }

  /// The most differences that are named.
  private static let namedDifferences = 5

  /// Every trial with its key; of several that are the same training the first.
  private static func plan(
    _ configuration: SweepConfiguration, _ samples: SharedSamples
  ) throws -> ([SweepDescription.PlannedTrial], [Trial]) {
    let fingerprints = StoreFingerprints(samples)
    var keys: Set<String> = []
    var plan: [SweepDescription.PlannedTrial] = []
    var trials: [Trial] = []
    for index in 0..<configuration.trialCount {
      let trial = try configuration.trial(index)
      let key = try trial.key(storeFingerprint: fingerprints.fingerprint(of: trial.configuration.storeSelection))
      guard keys.insert(key).inserted else { continue }
      plan.append(
        SweepDescription.PlannedTrial(
          trial: trial.number, key: key, point: Dictionary(uniqueKeysWithValues: zip(trial.axes, trial.point))))
      trials.append(trial)
    }
    return (plan, trials)
  }

  /// Makes sure that nothing but a sweep is in the folder.
  private static func requireSweepOrNothing(_ folder: SweepFolder) throws {
    let advice = "use another --output for the sweep"
    guard !RunFolder(folder.path).hasRun else {
      throw RunFolderError(path: folder.path, problem: "there is a training run in it", advice: advice)
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard !folder.hasSweep, let name = names.first(where: { !$0.hasPrefix(".") }) else { return }
    throw RunFolderError(
      path: folder.path, problem: "it is not the folder of a sweep, and has other files in it, such as '\(name)'",
      advice: advice)
  }

  /// Makes sure that no other part for which `excludes` holds is at work: its trials may be this part's too.
  private static func requireNoOtherPart(
    _ folder: SweepFolder, than part: SweepPart, where excludes: (SweepPart) -> Bool
  ) throws {
    let prefix = ".lock-part-"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      guard name.hasPrefix(prefix),
        let other = try? SweepPart(String(name.dropFirst(prefix.count)).replacing("-of-", with: "/")), other != part,
        excludes(other)
      else { continue }
      do {
        _ = try RunLock(folder: folder.path, name: name, patience: .seconds(2))
      } catch is RunLockError {
        throw RunLockError(
          path: folder.path,
          problem: "part \(other) of the sweep in it is at work, and shares trials with part \(part)",
          advice: "wait for it to end; jobs at the same time take parts of one number, 1/k to k/k")
      }
    }
  }

  /// Moves what is there to names that are free.
  private static func setAside(_ folder: SweepFolder) throws {
    let number = (1...).first { access("\(folder.path)/journal-\($0)", F_OK) != 0 } ?? 1
    for (old, new) in [
      (folder.journalsFolder, "journal-\(number)"), (folder.descriptionFile, "sweep-\(number).json"),
    ] where access(old, F_OK) == 0 {
      guard rename(old, "\(folder.path)/\(new)") == 0 else {
        throw FileWriteError(path: old, operation: "rename", errno: errno, byteCount: 0)
      }
    }
  }
}

/// A trial that is to be trained.
public struct PendingTrial: Codable, Sendable, Equatable {
  /// Its index in the sweep, from 0.
  public let index: Int
  /// By what the journal will know it.
  public let key: String
}

extension SweepDescription {
  /// What the sweep on these samples is.
  public init(_ configuration: SweepConfiguration, _ samples: SharedSamples) throws {
    try self.init(configuration, samples.store, fingerprint: samples.fingerprint)
  }

  /// What the sweep is, for the report and for whoever continues it.
  ///
  /// - Parameter fingerprint: that of the store.
  public init(_ configuration: SweepConfiguration, _ store: ImageStore, fingerprint: String) throws {
    let base = try configuration.base()
    let grid = configuration.grid
    let validation: SplitName? = [.validation, .test].first { store.splits[$0] != nil }
    self.init(
      axes: grid.axes.map(\.description), sampled: grid.sampling.count,
      isLatinHypercube: grid.sampling.isLatinHypercube,
      repeats: configuration.repeats, trials: configuration.trialCount, stopping: configuration.stopping.rawValue,
      store: store.path, storeFingerprint: fingerprint, validation: validation?.rawValue,
      model: try base.modelDescription().name, epochs: base.epochs, program: Program.version,
      configuration: try base.yaml())
  }
}

extension SweepConfiguration {
  /// The sweep that is in a folder.
  ///
  /// - Throws: `FileReadError`, or `ConfigurationError` if its description is not one of ours.
  public init(continuing folder: SweepFolder) throws {
    let known = try folder.description()
    let settings = try ConfigurationTree(yaml: known.configuration, from: folder.descriptionFile)
    let sampling: Grid.Sampling =
      known.sampled.map { known.isLatinHypercube ? .latinHypercube($0) : .random($0) } ?? .all
    let seed = try settings.decode(TrainingConfiguration.self).seed
    self.init(
      settings: settings, grid: try Grid(known.axes.map { Axis($0) }, sampling, seed: UInt64(seed)),
      repeats: known.repeats, stopping: StoppingMethod(rawValue: known.stopping) ?? .none)
  }
}

extension TrialRecord.Epoch {
  /// What trials are compared by, larger is better: the accuracy on the validation split, or else what there is.
  ///
  /// What a network makes of numbers that are not finite is no accuracy: it says the first class of everything.
  ///
  /// - Parameters:
  ///   - isValidated: whether trials are evaluated on a validation split; a number that is missing was not finite.
  ///   - skips: whether samples may have no numbers although the network has.
  func score(isValidated: Bool, skips: Bool = false) -> Double {
    guard skips || (isValidated ? validationLoss : loss) != nil else { return -.infinity }
    return (isValidated ? validationAccuracy ?? validationLoss.map { -$0 } : accuracy ?? loss.map { -$0 }) ?? -.infinity
  }
}

extension TrialRecord {
  /// Whether there is nothing left to do about the trial.
  func isDone(_ stopping: StoppingMethod) -> Bool {
    switch outcome {
    case .completed, .diverged: true
    case .stopped: stopping != .none
    case .failed: false
    }
  }
}

extension Trial {
  /// What training on images of shape `input` takes, by the products of a forward pass and the epochs; only to be compared.
  ///
  /// 0 for a model that does not fit: it fails at once.
  func cost(on input: Shape) -> Double {
    guard let model = try? configuration.modelDescription(), let shapes = try? model.shapes(for: input),
      let table = try? model.parameterTable(for: input)
    else { return 0 }
    let products = table.entries.reduce(0.0) { sum, entry in
      let positions = shapes[entry.layer].spatial.reduce(1, *)
      return sum + Double(entry.specification.count) * Double(positions)
    }
    return products * Double(configuration.epochs)
  }
}

extension SweepDescription {
  /// What of two sweeps is not the same although no axis varies it, as people read it.
  func differences(from other: SweepDescription) throws -> [String] {
    var differences: [String] = []
    func compare(_ name: String, _ there: String, _ here: String) {
      if there != here { differences.append("\(name) is \(there) there and \(here) here") }
    }
    let axes = axes.map(\.setting) + other.axes.map(\.setting)
    compare("the program's version", program, other.program)
    if !axes.contains("store") {
      compare("the store's fingerprint", String(storeFingerprint.prefix(12)), String(other.storeFingerprint.prefix(12)))
    }
    let (there, here) = (try settings(without: axes), try other.settings(without: axes))
    // A model by its name has no layers to compare; a layer more or less moves all that follow.
    let areOtherModels = (there["model"] == nil) != (here["model"] == nil)
    let areOtherLayers = there["model.layers"] != here["model.layers"]
    if areOtherModels {
      compare(
        "model", "'\(there["model"] ?? there["model.name"] ?? "")'", "'\(here["model"] ?? here["model.name"] ?? "")'")
    }
    for key in Set(there.keys).union(here.keys).sorted() {
      if areOtherModels && (key == "model" || key.hasPrefix("model.")) { continue }
      if areOtherLayers && key.hasPrefix("model.layers[") { continue }
      compare(key, Self.shortened(there[key] ?? "not set"), Self.shortened(here[key] ?? "not set"))
    }
    return differences
  }

  /// The settings that decide results, each by its path, but for those that an axis sets.
  private func settings(without axes: [String]) throws -> [String: String] {
    let settings = try ConfigurationTree(yaml: configuration, from: "sweep.json").decode(TrainingConfiguration.self)
    let tree = try ConfigurationTree(yaml: settings.decidingTheResult().yaml(), from: "sweep.json")
    var values: [String: String] = [:]
    Self.flatten(tree.root, at: "", into: &values)
    return values.filter { path, _ in
      !axes.contains { axis in
        path == axis || path.hasPrefix("\(axis).")
          || (axis.hasPrefix("model") && (path == "model" || path.hasPrefix("model.")))
          // The penalty of a model is what a run is told.
          || (axis.hasPrefix("model") && path == "l2")
      }
    }
  }

  /// Gives every single value its path; of the list of layers also what they are.
  private static func flatten(_ value: ConfigurationValue, at path: String, into values: inout [String: String]) {
    switch value {
    case .mapping(let mapping):
      for (key, value) in mapping { flatten(value, at: path.isEmpty ? key : "\(path).\(key)", into: &values) }
    case .array(let array) where array.contains { if case .mapping = $0 { true } else { false } }:
      for (index, value) in array.enumerated() { flatten(value, at: "\(path)[\(index)]", into: &values) }
      values[path] = array.map(name).joined(separator: ", ")
    default: values[path] = value.bareText
    }
  }

  /// What a layer is; anything else in a few words.
  private static func name(_ value: ConfigurationValue) -> String {
    if case .mapping(let layer) = value, let name = layer["class_name"] { name.bareText } else { "\(value)" }
  }

  /// The end of a long text is left out: a message is one line.
  private static func shortened(_ text: String) -> String {
    text.count > 100 ? text.prefix(100) + "…" : text
  }
}
