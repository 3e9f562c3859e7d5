import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Stores that others wrote, from the command line.
  @Suite struct InspectTests {
    private static func foreign(_ name: String) -> String {
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "DatasetsTests/Fixtures/\(name)").path(percentEncoded: false)
    }

    @Test func inspect() throws {
      let folder = try TemporaryFolder()
      let groups = try BuiltProgram.run(["dataset", "inspect", Self.foreign("groups.h5")], in: folder)
      #expect(groups.status == 0)
      for words in [
        "data  uint8 [12, 6, 5, 3]", "train: 12 samples of 6×5×3, 3 classes", "1  dog  ", "hint: pixels reach",
      ] {
        #expect(groups.output.contains(words), "\(words) is not in: \(groups.output)")
      }
      let hostile = try BuiltProgram.run(["dataset", "inspect", Self.foreign("hostile.h5")], in: folder)
      #expect(hostile.status == 65)
      #expect(hostile.output.contains("(the same group as /deep)"))
      #expect(hostile.errors.contains("choose by --images /nan/x --labels /nan/y"))
      let json = try BuiltProgram.run(
        ["dataset", "inspect", Self.foreign("hostile.h5"), "--images", "/nan/x", "--labels", "/negative/y", "--json"],
        in: folder)
      #expect(json.status == 65)
      let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect((document?["problem"] as? String)?.contains("-1 at index 2") == true)
      #expect(try BuiltProgram.run(["dataset", "inspect", "nowhere.h5"], in: folder).status == 66)
    }

    /// The run remembers where its samples lie; another selection is refused as another store is.
    @Test func trainAndResume() throws {
      let folder = try TemporaryFolder()
      let model = folder("model.yaml")
      try "layers:\n  - Rescaling: {scale: 0.004}\n  - Flatten\n  - Dense: {units: 3, activation: softmax}\n"
        .write(toFile: model, atomically: true, encoding: .utf8)
      let flags = [
        "--model", model, "--store", Self.foreign("other_names.h5"), "--images", "/stack/photographs", "--labels",
        "/stack/species", "--batch-size", "4", "--virtual-shards", "2",
      ]
      let run = try BuiltProgram.run(
        ["train", "--epochs", "1", "--output", "run", "--validation-fraction", "0.25"] + flags, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let evaluated = try BuiltProgram.run(["evaluate", "run", "--split", "validation"], in: folder)
      #expect(evaluated.status == 0 && evaluated.output.contains("validation  loss"), "\(evaluated.errors)")
      let resumed = try BuiltProgram.run(["train", "--resume", "--output", "run", "--epochs", "2"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
      for other in [["--labels", "/stack/site:values"], ["--validation-fraction", "0.5"]] {
        let refused = try BuiltProgram.run(
          ["train", "--resume", "--output", "run", "--epochs", "3"] + other, in: folder)
        #expect(refused.status == 65, "\(refused.output) \(refused.errors)")
      }
      let both = try BuiltProgram.run(
        ["train", "--output", "x", "--validation-fraction", "0.2", "--validation-store", Self.foreign("galaxy10.h5")],
        in: folder)
      #expect(both.status == 65 && both.errors.contains("validation_fraction"), "\(both.errors)")
    }
  }
}
