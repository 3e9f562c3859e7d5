/// Names of classes that stand as labels in a file.
enum ClassNames {
  /// The names in the order in which their classes are numbered: by value if all are whole numbers, else by their Unicode
  /// scalars, which every machine does alike.
  static func inOrder(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap { name in Int(name).map { (value: $0, name: name) } }
    // Several names may have one value, such as 7 and 07.
    if numbers.count == names.count { return numbers.sorted { $0 < $1 }.map(\.name) }
    return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  }
}
