/// Several stores as one: the parts of each name joined, the classes united by their names.
public struct StoreMerge {
  /// The parts of the joined store, in the order of the stores.
  public let sources: [SplitName: any SampleSource]
  /// The names of all classes, in the order in which the stores name them first; none if no store names any.
  public let classNames: [String]

  /// Joins stores.
  ///
  /// Classes without names are the same if their numbers are.
  ///
  /// - Throws: `DatasetError` that names the store that does not fit the first.
  public init(_ stores: [ImageStore]) throws {
    precondition(!stores.isEmpty, "something to join")
    for store in stores {
      try Self.checkNames(of: store)
      try Self.check(store, fits: stores[0])
    }
    var names: [String] = []
    var numbers: [String: Int32] = [:]
    for store in stores {
      for name in store.classNames where numbers[name] == nil {
        numbers[name] = Int32(names.count)
        names.append(name)
      }
    }
    let classes = stores.map { store in store.classNames.compactMap { numbers[$0] } }
    var sources: [SplitName: any SampleSource] = [:]
    for split in SplitName.allCases {
      let present = stores.indices.filter { stores[$0].splits[split] != nil }
      guard !present.isEmpty else { continue }
      sources[split] = JoinedSource(
        try present.map { try StoreSource(of: stores[$0], split: split) },
        classes: names.isEmpty ? nil : present.map { classes[$0] })
    }
    self.sources = sources
    classNames = names
  }

  private static func checkNames(of store: ImageStore) throws {
    guard Set(store.classNames).count != store.classNames.count else { return }
    throw DatasetError(
      file: store.path, object: "attribute class_names of /", expected: "different names",
      found: "\(store.classNames)", advice: "give each class a name of its own")
  }

  private static func check(_ store: ImageStore, fits first: ImageStore) throws {
    func check<Value: Equatable>(
      _ value: Value, _ expected: Value, _ what: String, at object: String, _ advice: String
    ) throws {
      guard value != expected else { return }
      throw DatasetError(
        file: store.path, object: object, expected: "\(what) \(expected), as in \(first.path)", found: "\(value)",
        advice: advice)
    }
    let (train, firstTrain) = (try store.split(.train), try first.split(.train))
    let (images, labels) = (Location(.train).images, Location(.train).labels)
    try check(
      train.imageShape, firstTrain.imageShape, "images of", at: images, "import one of them again with another --size")
    try check(
      train.storage, firstTrain.storage, "pixels of type", at: images,
      "store both as bytes or both as floating-point numbers of one scale")
    try check(
      train.labels.kind, firstTrain.labels.kind, "labels that are", at: labels, "only labels of one kind can be merged")
    try check(
      store.classNames.isEmpty ? "none" : "some", first.classNames.isEmpty ? "none" : "some", "class names:",
      at: "attribute class_names of /", "import one of them again with --class-names")
  }
}

extension Split.Labels {
  /// What must be the same for two stores to be merged.
  fileprivate var kind: String {
    switch self {
    case .classes: "classes"
    case .values(let width): width == 1 ? "numbers" : "\(width) numbers each"
    }
  }
}
