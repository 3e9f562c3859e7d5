import Testing

@testable import Datasets

@Suite struct ArrayRoleTests {
  private func role(_ name: String) -> String? { ArrayRole(name).map { "\($0.split) \($0.isImages ? "x" : "y")" } }

  @Test func names() {
    let expected = [
      "x_train": "train x", "y_test": "test y", "X": "train x", "y": "train y", "train_images": "train x",
      "val_labels": "validation y", "test-images": "test x", "Images": "train x", "data": "train x",
      "target": "train y", "train_set_x": "train x", "training.labels": "train y",
    ]
    for (name, role) in expected { #expect(self.role(name) == role, "\(name)") }
    for name in ["", "_", "train", "arr_0", "x_y", "x_train_2", "weights", "images_of_cats", "train_test_x"] {
      #expect(role(name) == nil, "\(name)")
    }
  }

  private func pairs(
    _ shapes: [String: [Int]], images: String? = nil, labels: String? = nil
  ) throws -> [SplitName: ArrayPairs.Pair] {
    try ArrayPairs(shapes, images: images, labels: labels, file: "some.npz").pairs
  }

  @Test func theOnlyWay() throws {
    #expect(try pairs(["b": [5, 3, 3], "a": [5]]) == [.train: .init(images: "b", labels: "a")])
    #expect(try pairs(["a": [5, 9], "b": [5]]) == [.train: .init(images: "a", labels: "b")])
    #expect(try pairs(["a": [5, 10], "b": [5, 3, 3]]) == [.train: .init(images: "b", labels: "a")])
    for shapes in [
      ["a": [5, 9], "b": [5, 9]], ["a": [5, 3, 3], "b": [4]], ["a": [5, 3, 3]], ["a": [], "b": []], [:],
    ] {
      let error = try #require(throws: DatasetError.self) { try pairs(shapes) }
      #expect(error.description.contains("--images x_train --labels y_train"))
    }
  }

  @Test func whatTheUserSays() throws {
    let shapes = ["x_test": [2, 3, 3], "y_test": [2], "x_train": [5, 3, 3], "y_train": [5], "other": [5]]
    #expect(try pairs(shapes).count == 2)
    #expect(
      try pairs(shapes, images: "x_train", labels: "other") == [.train: .init(images: "x_train", labels: "other")])
    #expect(try pairs(shapes, images: "x_test") == [.train: .init(images: "x_test", labels: "y_test")])
    #expect(try pairs(shapes, labels: "other") == [.train: .init(images: "x_train", labels: "other")])
    let missing = try #require(throws: DatasetError.self) { try pairs(shapes, images: "x_trian") }
    #expect(missing.description.contains("expected an array x_trian; found only other [5], x_test [2, 3, 3]"))
    let two = try #require(throws: DatasetError.self) { try pairs(["X": [5, 3, 3], "x": [5, 3, 3], "y": [5]]) }
    #expect(two.description.contains("one array for the images of train; found X and x"))
    let half = try #require(throws: DatasetError.self) { try pairs(["x": [5, 3, 3], "y": [5], "x_test": [2, 3, 3]]) }
    #expect(half.description.contains("images and labels of test"))
  }
}
