/// The names under which images and labels are found without being told: a new one is a word here.
///
/// Upper and lower case are the same.
enum StoreNames {
  /// Datasets of images.
  static let images = ["images", "image", "x", "data", "pixels", "imgs", "img"]
  /// Datasets of labels.
  static let labels = ["labels", "label", "y", "ans", "targets", "target"]
  /// Datasets with the names of the classes, in the order of their numbers.
  static let classNames = ["class_names", "list_classes", "label_names", "classes", "categories"]

  /// What the parts are called.
  static func aliases(of split: SplitName) -> [String] {
    switch split {
    case .train: ["train", "training", "trn"]
    case .validation: ["validation", "valid", "val", "dev", "eval"]
    case .test: ["test", "testing", "tst"]
    }
  }

  /// How the name of a part and that of a dataset make a path; the first that the file has both datasets of is taken.
  ///
  /// They are those of our own format, `x_train` of Keras' arrays, `train_images`, `train_set_x` of the course's
  /// `catvsnoncat`, and `images/train`.
  static let patterns: [@Sendable (_ split: String, _ name: String) -> String] = [
    { "/\($0)/\($1)" }, { "/\($1)_\($0)" }, { "/\($0)_\($1)" }, { "/\($0)_set_\($1)" }, { "/\($1)/\($0)" },
  ]

  /// How the files of images and of labels are called that belong together, without their extension.
  static let siblings = [("_x", "_y"), ("_images", "_labels"), ("_data", "_labels")]

  /// Whether floating-point labels under these names are classes if all are whole: Caffe writes no others.
  static func areCaffes(images: String, labels: String) -> Bool {
    images.lowercased() == "/data" && labels.lowercased() == "/label"
  }
}
