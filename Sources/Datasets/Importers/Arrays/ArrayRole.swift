/// What an array is by its name: the images or the labels of a part.
struct ArrayRole: Sendable, Equatable {
  let split: SplitName
  let isImages: Bool

  /// Understands names such as `x_train`, `train_labels`, `train_set_x`, `X`, `images`; nil for others.
  ///
  /// The words are those by which stores are understood. A name without a part is `train`'s.
  init?(_ name: String) {
    var isImages: Bool?
    var split: SplitName?
    for word in name.lowercased().split(whereSeparator: { "_-. ".contains($0) }).map(String.init) {
      if split == nil, let name = SplitName.allCases.first(where: { StoreNames.aliases(of: $0).contains(word) }) {
        split = name
      } else if isImages == nil, StoreNames.images.contains(word) {
        isImages = true
      } else if isImages == nil, StoreNames.labels.contains(word) {
        isImages = false
      } else if word != "set" {
        return nil
      }
    }
    guard let isImages else { return nil }
    self.split = split ?? .train
    self.isImages = isImages
  }
}

/// Which arrays of several are the images and the labels of each part.
struct ArrayPairs: Sendable, Equatable {
  /// The names of a part's arrays.
  struct Pair: Sendable, Equatable {
    let images: String
    let labels: String
  }

  let pairs: [SplitName: Pair]

  /// Chooses among arrays by what the user says, else by their names, else by their shapes if these leave one way.
  ///
  /// - Parameters:
  ///   - shapes: the shape of each array.
  ///   - file: the file or folder, for messages.
  init(
    _ shapes: [String: [Int]], images: String?, labels: String?, file: String
  ) throws(DatasetError) {
    let names = shapes.keys.sorted()
    func problem(_ expected: String, _ found: String) -> DatasetError {
      DatasetError(
        file: file, object: nil, expected: expected, found: found,
        advice: "name the arrays by --images and --labels, such as --images x_train --labels y_train")
    }
    let list = names.map { "\($0) \(shapes[$0] ?? [])" }.joined(separator: ", ")
    let all = names.isEmpty ? "no arrays" : "only \(list)"
    for name in [images, labels].compactMap({ $0 }) where shapes[name] == nil {
      throw problem("an array \(name)", all)
    }
    if let images, let labels {
      pairs = [.train: Pair(images: images, labels: labels)]
      return
    }

    var found: [SplitName: (images: String?, labels: String?)] = [:]
    for name in names where name != images && name != labels {
      guard let role = ArrayRole(name) else { continue }
      var pair = found[role.split] ?? (nil, nil)
      if let other = role.isImages ? pair.images : pair.labels {
        throw problem(
          "one array for the \(role.isImages ? "images" : "labels") of \(role.split)", "\(other) and \(name)")
      }
      if role.isImages { pair.images = name } else { pair.labels = name }
      found[role.split] = pair
    }
    if images != nil || labels != nil {
      // One of the two is named: the other is that of the same part.
      let split = (images ?? labels).flatMap { ArrayRole($0)?.split } ?? .train
      let pair = found[split] ?? (nil, nil)
      guard let images = images ?? pair.images, let labels = labels ?? pair.labels else {
        throw problem("\(images == nil ? "images" : "labels") for \(images ?? labels ?? "")", all)
      }
      pairs = [.train: Pair(images: images, labels: labels)]
      return
    }
    if found.isEmpty, let pair = Self.onlyWay(shapes, names) {
      pairs = [.train: pair]
      return
    }
    var pairs: [SplitName: Pair] = [:]
    for (split, pair) in found.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let images = pair.images, let labels = pair.labels else {
        throw problem("images and labels of \(split)", all)
      }
      pairs[split] = Pair(images: images, labels: labels)
    }
    guard !pairs.isEmpty else { throw problem("arrays with names such as x_train and y_train", all) }
    self.pairs = pairs
  }

  /// The two arrays of a file with no more, if they are as many images and labels; `arr_0` and `arr_1`, say.
  private static func onlyWay(_ shapes: [String: [Int]], _ names: [String]) -> Pair? {
    guard names.count == 2, let first = shapes[names[0]], let second = shapes[names[1]], first.first == second.first
    else { return nil }
    if first.count >= 3 && (1...2).contains(second.count) { return Pair(images: names[0], labels: names[1]) }
    if second.count >= 3 && (1...2).contains(first.count) { return Pair(images: names[1], labels: names[0]) }
    if first.count == 2 && second.count == 1 { return Pair(images: names[0], labels: names[1]) }
    return second.count == 2 && first.count == 1 ? Pair(images: names[1], labels: names[0]) : nil
  }
}
