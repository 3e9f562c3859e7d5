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
      // What the run says is not replaced silently, as it is not for train.
      let galaxies = Self.foreign("galaxy10.h5")
      let second = try BuiltProgram.run(
        ["evaluate", "run", "--split", "validation", "--validation-store", galaxies], in: folder)
      #expect(second.status == 65 && second.errors.contains("validation_fraction 0.25"), "\(second.errors)")
      let anew = try BuiltProgram.run(
        ["evaluate", "run", "--split", "validation", "--store", galaxies, "--validation-store", galaxies], in: folder)
      #expect(anew.status == 0, "\(anew.errors)")
    }

    @Test func inspectWithTwoWaysToValidate() throws {
      let folder = try TemporaryFolder()
      let galaxies = Self.foreign("galaxy10.h5")
      let both = try BuiltProgram.run(
        ["dataset", "inspect", galaxies, "--validation-store", galaxies, "--validation-fraction", "0.2"], in: folder)
      #expect(both.status == 65 && both.errors.contains("validation_fraction"), "\(both.errors)")
    }

    /// The commands that read stores name datasets as train does.
    @Test func datasetsThatAreNamed() throws {
      let folder = try TemporaryFolder()
      let store = Self.foreign("other_names.h5")
      let flags = ["--images", "/stack/photographs", "--labels", "/stack/species"]
      let shown = try BuiltProgram.run(
        ["dataset", "show", store, "--validation-fraction", "0.25", "--split", "validation", "--output", "grid.png"]
          + flags, in: folder)
      #expect(shown.status == 0 && shown.output.contains("samples 0 to 2 of validation"), "\(shown.errors)")
      let split = try BuiltProgram.run(
        ["dataset", "split", store, "--split", "0.5/0.5", "--output", "divided.h5"] + flags, in: folder)
      #expect(split.status == 0 && split.output.contains("divided.h5: 12 images"), "\(split.output)\(split.errors)")
      let merged = try BuiltProgram.run(
        ["dataset", "merge", store, store, "--output", "twice.h5"] + flags, in: folder)
      #expect(merged.status == 0 && merged.output.contains("twice.h5: 24 images"), "\(merged.output)\(merged.errors)")
      let other = try BuiltProgram.run(
        ["dataset", "merge", store, store, "--output", "x.h5", "--images", "\(store):/stack/photographs"], in: folder)
      #expect(other.status == 64 && other.errors.contains("--images and --labels"), "\(other.errors)")
    }
  }
}
