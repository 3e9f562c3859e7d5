import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Whatever is wrong: one line that says what and where, the right exit code, an end within seconds, nothing left behind.
  @Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible {
      let name: String
      /// The flags after `train --output run`.
      let flags: [String]
      var ranks = [1, 3]
      let status: Int32
      /// What the message has.
      let words: [String]
      var testDescription: String { name }
    }

    static let cases = [
      Case(name: "unknown flag", flags: ["--epoch", "3"], status: 64, words: ["Error: ", "'--epoch'", "'--epochs'"]),
      Case(
        name: "no number", flags: ["--epochs", "many"], ranks: [3], status: 64, words: ["Error: ", "many", "--epochs"]),
      Case(
        name: "resume without output", flags: ["--resume"], ranks: [1], status: 64, words: ["--resume needs --output"]),
      Case(
        name: "unknown key of a run file", flags: ["--config", "run.yaml"], status: 65,
        words: [" run.yaml: unknown key 'batchsize'; did you mean 'batch_size'?"]),
      Case(
        name: "no mapping in a run file", flags: ["--config", "list.yaml"], ranks: [1], status: 65,
        words: [" list.yaml: expected keys and values"]),
      Case(
        name: "no such run file", flags: ["--config", "none.yaml"], ranks: [1], status: 66,
        words: ["none.yaml", "check the path"]),
      Case(
        name: "unknown key in --set", flags: ["--set", "optimizer.momentun=0.9"], ranks: [1], status: 65,
        words: ["optimizer: unknown key 'momentun'; did you mean 'momentum'?"]),
      Case(
        name: "value of another type", flags: ["--set", "optimizer.momentum=much"], ranks: [1], status: 65,
        words: ["optimizer.momentum: expected a number"]),
      Case(
        name: "--set without a value", flags: ["--set", "seed"], ranks: [1], status: 65,
        words: ["--set: expected key=value, found 'seed'"]),
      Case(
        name: "no epochs", flags: ["--epochs", "0"], ranks: [1], status: 65,
        words: ["epochs: expected a whole number from 1 up, found 0"]),
      Case(
        name: "learning rate that is no number", flags: ["--learning-rate", "nan"], ranks: [1], status: 65,
        words: ["optimizer.learning_rate: expected a number above 0, found nan"]),
      Case(
        name: "penalty that is no number", flags: ["--l2", "inf"], ranks: [1], status: 65,
        words: ["l2: expected a number from 0 up, found inf"]),
      Case(
        name: "half an epoch", flags: ["--set", "epochs=1.5"], ranks: [1], status: 65,
        words: ["epochs: expected a whole number, found 1.5"]),
      Case(
        name: "batch of no machine", flags: ["--batch-size", "1000000000000"], ranks: [1, 3], status: 65,
        words: ["batch_size: expected a whole number of at most"]),
      Case(
        name: "time of no machine", flags: ["--stall-timeout", "9999999h"], ranks: [1], status: 65,
        words: ["expected a length of time, found '9999999h'"]),
      Case(
        name: "window of no machine",
        flags: [
          "--set",
          "model=[{MaxPooling2D: {pool_size: 2147483647, strides: 2147483647, padding: same}}, flatten, "
            + "{Dense: {units: 10, activation: softmax}}]",
        ], ranks: [1], status: 65, words: ["layer 1, max_pooling2d (MaxPooling2D): expected windows of at most"]),
      Case(
        name: "layer of no machine", flags: ["--model", "huge.yaml"], ranks: [1], status: 65,
        words: ["layer 2, dense (Dense), kernel: expected a model of at most 2147483647 parameters"]),
      Case(
        name: "numbers below 0", flags: ["--epochs", "-1"], ranks: [1], status: 65,
        words: ["epochs: expected a whole number from 1 up, found -1"]),
      Case(
        name: "step below 0", flags: ["--learning-rate", "-1e-3"], ranks: [1], status: 65,
        words: ["optimizer.learning_rate: expected a number above 0, found -0.001"]),
      Case(
        name: "infinite step below 0", flags: ["--learning-rate", "-inf"], ranks: [1], status: 65,
        words: ["optimizer.learning_rate: expected a number above 0, found -inf"]),
      Case(
        name: "patience below 0", flags: ["--patience", "-1"], ranks: [1], status: 65,
        words: ["early_stopping.patience: expected a whole number from 0 up, found -1"]),
      Case(
        name: "no weights", flags: ["--initial-weights", "none.h5"], status: 66, words: ["none.h5", "check the path"]),
      Case(
        name: "weights that are text", flags: ["--initial-weights", "run.yaml"], ranks: [1], status: 65,
        words: ["run.yaml: text, not an HDF5 file"]),
      Case(
        name: "weights of a store", flags: ["--initial-weights", "small.h5"], ranks: [1], status: 65,
        words: ["small.h5: there are no weights in it"]),
      Case(
        name: "model as settings", flags: ["--config", fixture("keras_digits.h5")], ranks: [1], status: 65,
        words: ["keras_digits.h5: expected the settings of a run (YAML or JSON), found a model; --model takes"]),
      Case(
        name: "store as settings", flags: ["--config", "small.h5"], ranks: [1], status: 65,
        words: ["small.h5: expected the settings of a run (YAML or JSON), found an image store; --store takes it"]),
      Case(
        name: "folder as settings", flags: ["--config", "/tmp"], ranks: [1], status: 65,
        words: ["/tmp: expected the settings of a run (YAML or JSON), found a folder; name the file"]),
      Case(
        name: "bytes as settings", flags: ["--config", "bytes"], ranks: [1], status: 65,
        words: ["bytes: expected the settings of a run (YAML or JSON), found no text"]),
      Case(
        name: "program as settings", flags: ["--config", "draw.py"], ranks: [1], status: 65,
        words: ["draw.py: expected the settings of a run (YAML or JSON), found a program in Python"]),
      Case(
        name: "program as a model", flags: ["--model", "draw.py"], ranks: [1], status: 65,
        words: ["draw.py: a program in Python, which is never run here; ", ".h5", "model.to_json()"]),
      Case(
        name: "long value", flags: ["--set", "seed=" + String(repeating: "many", count: 1000)], ranks: [1], status: 65,
        words: ["seed: expected a whole number, found 'manymany", " … "]),
      Case(
        name: "empty store", flags: ["--store", ""], ranks: [1], status: 65,
        words: ["store: expected the path of an image store, found nothing"]),
      Case(
        name: "store that is a folder", flags: ["--store", "/tmp"], status: 65,
        words: ["/tmp: expected an image store (HDF5), found a folder; ", "dataset import folder"]),
      Case(
        name: "unknown order", flags: ["--order", "random"], ranks: [1], status: 65,
        words: ["order: unknown value 'random'", "sharded, global, stored"]),
      Case(
        name: "interval without a unit that is known", flags: ["--checkpoint-every", "3 weeks"], ranks: [1], status: 65,
        words: ["checkpoint.every: ", "'3 weeks'", "'200 steps'"]),
      Case(
        name: "unknown model", flags: ["--model", "digit"], ranks: [1], status: 65,
        words: ["unknown model 'digit'; did you mean 'digits'?"]),
      Case(
        name: "unknown layer", flags: ["--model", "layer.yaml"], ranks: [1], status: 65,
        words: [" layer.yaml: layers[2]: unknown layer 'Dens'; did you mean Dense?"]),
      Case(
        name: "unknown key of a layer", flags: ["--model", "key.yaml"], ranks: [1], status: 65,
        words: [" key.yaml: layers[1].Dense: unknown key 'unit'; did you mean 'units'?"]),
      Case(
        name: "model file that is no YAML", flags: ["--model", "broken.yaml"], ranks: [1], status: 65,
        words: ["cnn-dist: broken.yaml: not YAML: 2:"]),
      Case(
        name: "no such model file", flags: ["--model", "none.yaml"], ranks: [1], status: 66,
        words: ["none.yaml", "check the path"]),
      Case(
        name: "no store", flags: ["--store", "none.h5"], status: 66, words: ["none.h5", "looked in ", "check the path"]),
      Case(
        name: "flag of other programs", flags: ["--lr", "0.1"], ranks: [1], status: 64,
        words: ["'--lr'; --lr is --learning-rate here"]),
      Case(
        name: "setting within another", flags: ["--momentum", "0.1"], ranks: [1], status: 64,
        words: ["--momentum is --set optimizer.momentum=VALUE here"]),
      Case(
        name: "no flag of anybody's", flags: ["--l1", "0.1"], ranks: [1], status: 64, words: ["Unknown option '--l1'"]),
      Case(
        name: "model as a run file", flags: ["--config", "layer.yaml"], ranks: [1], status: 65,
        words: ["layer.yaml: expected the settings of a run, found a model; --model takes it"]),
      Case(
        name: "run file as a model", flags: ["--model", "run.yaml"], ranks: [1], status: 65,
        words: ["run.yaml: expected a model, found the settings of a run", "--config takes it"]),
      Case(
        name: "model file as a store", flags: ["--store", "layer.yaml"], ranks: [1], status: 65,
        words: ["layer.yaml: expected an image store (HDF5), found the layers of a model"]),
      Case(
        name: "layers that are no YAML", flags: ["--model", "[Flatten"], ranks: [1], status: 65,
        words: ["model: not YAML"]),
      Case(
        name: "store of another format", flags: ["--store", "text.h5"], status: 65,
        words: ["text.h5: expected an HDF5 file; found a file of another format"]),
      Case(
        name: "HDF5 file that is no store", flags: ["--store", fixture("keras_digits.h5")], ranks: [1], status: 65,
        words: ["keras_digits.h5: expected an image store (HDF5), found a model", "--initial-weights"]),
      Case(
        name: "truncated store", flags: ["--store", "truncated.h5"], ranks: [1], status: 65,
        words: ["truncated.h5", "truncated file", "copy it again"]),
      Case(
        name: "label of no class", flags: ["--store", "labels.h5"], ranks: [1], status: 65,
        words: ["labels.h5, /train/labels: ", "found 2"]),
      Case(
        name: "images too small for the model", flags: ["--store", "small.h5"], status: 65,
        words: ["layer 1, conv2d (Conv2D)", "at least 3×3 values", "found (2, 2, 1)"]),
      Case(
        name: "more classes than outputs", flags: ["--store", "classes.h5"], status: 65,
        words: ["the last layer, dense_1", "at least 12 outputs", "found (10)"]),
      Case(
        name: "more ranks than virtual shards", flags: ["--virtual-shards", "2"], ranks: [3, 8], status: 65,
        words: ["ranks cannot share 2 virtual shards"]),
      Case(
        name: "output below a file", flags: ["--output", "text.h5/run"], status: 74,
        words: ["text.h5/run", "Not a directory"]),
      Case(
        name: "output where nothing can be made", flags: ["--output", "/proc/run"], ranks: [1], status: 74,
        words: ["/proc/run"]),
    ]

    /// What the cases name, in a folder of its own.
    private func prepare() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      let texts = [
        "run.yaml": "epochs: 3\nbatchsize: 3\n", "list.yaml": "- epochs\n", "text.h5": "This is no HDF5 file.\n",
        "layer.yaml": "layers:\n  - Conv2D: {filters: 3, kernel_size: 3}\n  - Flatten\n  - Dens: {units: 10}\n",
        "key.yaml": "layers:\n  - Flatten\n  - Dense: {unit: 10}\n", "broken.yaml": "layers: [\n  - Dense: {units",
        "bytes": "epochs: 3\0", "draw.py": "import turtle\nfor i in range(3):\n  turtle.forward(i)\n",
        "huge.yaml": "layers:\n  - Flatten\n  - Dense: {units: 2147483647}\n",
      ]
      for (name, text) in texts { try Data(text.utf8).write(to: URL(filePath: folder(name))) }
      try Data(contentsOf: URL(filePath: BuiltProgram.digits)).dropLast(50_000)
        .write(to: URL(filePath: folder("truncated.h5")))
      try Stores.writeWithWrongLabel(to: folder("labels.h5"))
      try Stores.write(to: folder("small.h5"), side: 2)
      try Stores.write(to: folder("classes.h5"), side: 8, classes: 12)
      try Stores.writeWithNumbers(to: folder("numbers.h5"))
      return folder
    }

    /// By day some cases run on one rank and others on several.
    private func counts(of case: Case) -> [Int] {
      if isNightly { return `case`.ranks.contains(1) ? [1, 3, 8] : `case`.ranks }
      return [`case`.ranks[`case`.name.utf8.count % `case`.ranks.count]]
    }

    @Test(.timeLimit(.minutes(1)), arguments: halfByDay(cases)) func oneMessage(case: Case) throws {
      let folder = try prepare()
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let isAlone = `case`.flags == ["--resume"]
      for ranks in counts(of: `case`) {
        let result = try BuiltProgram.run(
          ["train"] + (isAlone || `case`.flags[0] == "--output" ? [] : ["--output", "run"]) + `case`.flags,
          ranks: ranks,
          in: folder, timeout: 30)
        #expect(result.status == `case`.status, "\(ranks) ranks: \(result.output)\(result.errors)")
        #expect(result.messages.count == 1, "\(ranks) ranks: \(result.errors)")
        // What is found before the first step is found before anything is said, and is no page long.
        #expect(result.output.isEmpty, "\(ranks) ranks: \(result.output)")
        #expect(result.messages.allSatisfy { $0.count < 1000 })
        // What is wrong for all ranks is no rank's.
        let message = result.messages.first ?? ""
        #expect(!message.contains("[rank 0]"))
        for word in `case`.words {
          #expect(message.contains(word), "\(ranks) ranks, \(word): \(result.errors)")
        }
        #expect(result.seconds < 15, "\(ranks) ranks")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
      }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [1, 3]) func folderOfAnotherRun(ranks: Int) throws {
      let run = try TrainingRun()
      try run.train(ranks: 1, "--epochs", "1")
      let before = try run.contents()
      let result = try BuiltProgram.run(run.arguments, ranks: ranks, in: run.folder)
      #expect(result.status == 65)
      #expect(result.messages.count == 1, "\(result.errors)")
      #expect(result.messages.first?.contains("run: there is already a run in it; add --resume") == true)
      #expect(try run.contents() == before)
    }

    /// A file of somebody's own with the name of one that a run writes: it stays as it is, with and without `--resume`.
    @Test(
      arguments: [
        ["model.h5"], ["done"], ["config.yaml"], ["metrics.jsonl"], ["parameters.jsonl"], ["model.h5", "config.yaml"],
        ["checkpoints/weights.01.h5", "model.h5"],
      ], ["train", "train --resume"])
    func filesOfOneself(names: [String], command: String) throws {
      let run = try TrainingRun("--epochs", "1")
      for name in names {
        let file = URL(filePath: run.path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(name == "config.yaml" ? "epochs: 1\n".utf8 : "mine".utf8).write(to: file)
      }
      let before = try run.contents()
      let arguments = run.arguments + command.split(separator: " ").dropFirst().map(String.init)
      let result = try BuiltProgram.run(arguments, in: run.folder)
      #expect(result.status == 65 && result.messages.count == 1, "\(result.output)\(result.errors)")
      #expect(
        result.messages.first?.contains("in it but no run, and a run would replace it") == true, "\(result.errors)")
      #expect(try run.contents() == before)
    }

    /// Without a checkpoint a run begins again: what it has yielded, and settings that somebody has written, stay.
    @Test func whatAResumedRunWouldReplace() throws {
      let run = try TrainingRun("--epochs", "1")
      try run.train(ranks: 1)
      try FileManager.default.removeItem(atPath: run.path("checkpoints"))
      func expectRefusal(_ file: String) throws {
        let before = try run.contents()
        let result = try BuiltProgram.run(run.arguments + ["--resume"], in: run.folder)
        #expect(result.status == 65 && result.messages.count == 1, "\(result.output)\(result.errors)")
        #expect(result.messages.first?.contains("run: there is '\(file)' in it but no ") == true, "\(result.errors)")
        #expect(try run.contents() == before)
      }
      try expectRefusal("model.h5")
      try FileManager.default.removeItem(atPath: run.path("model.h5"))
      try expectRefusal("done")
      try FileManager.default.removeItem(atPath: run.path("done"))
      let settings = try Data(contentsOf: URL(filePath: run.path("config.yaml")))
      try (Data("# mine\n".utf8) + settings).write(to: URL(filePath: run.path("config.yaml")))
      try expectRefusal("config.yaml")
      // What a run was killed with before its first checkpoint is trained on.
      try settings.write(to: URL(filePath: run.path("config.yaml")))
      #expect(try BuiltProgram.run(run.arguments + ["--resume"], in: run.folder).status == 0)
    }

    @Test(arguments: [
      (["evaluate", "none.h5"], Int32(66), "none.h5: cannot be read"),
      (["evaluate", "text.h5"], 65, "text.h5: "),
      (
        ["evaluate", fixture("keras_digits.h5"), "--store", "small.h5", "--split", "train"], 65,
        "images of shape (8, 8, 1), "
      ),
      (["evaluate", fixture("keras_digits.h5"), "--store", "classes.h5"], 65, "classes.h5, /test"),
      (["evaluate", fixture("keras_digits.h5"), "--store", ""], 65, "store: expected the path of an image store"),
      (
        ["evaluate", fixture("keras_digits.h5"), "--store", "classes.h5", "--split", "train"], 65,
        "at least 12 outputs, one for each class of the store, found (10)"
      ),
      (
        ["evaluate", fixture("keras_digits.h5"), "--store", "numbers.h5", "--split", "train"], 65,
        "the store's labels are numbers"
      ),
      (["evaluate", fixture("keras_digits.h5"), "--virtual-shards", "5000"], 65, "at most 4096 virtual shards"),
      (["evaluate", fixture("keras_digits.h5"), "--split", "tests"], 64, "tests"),
      (["evaluate", fixture("keras_digits.h5"), "--predictions", "text.h5/p.h5"], 74, "text.h5/p.h5"),
      (["summary", "digit"], 65, "did you mean 'digits'?"),
      (["summary", "digits", "--input", "8x"], 64, "expected a shape such as 28x28x1"),
      (["summary", "digits", "--input", "4000000000x4000000000x1"], 64, "expected a shape such as 28x28x1"),
      (["summary", "digits", "--input", "9223372036854775807"], 64, "expected a shape such as 28x28x1"),
      (["summary", "digits", "--input", "2x2x1"], 65, "layer 1, conv2d (Conv2D)"),
      (["train!"], 64, "train!"), (["trian", "--epochs", "3"], 64, "unknown command 'trian'; did you mean 'train'?"),
      (["import", "folder"], 64, "did you mean 'dataset import'?"), (["eval"], 64, "did you mean 'evaluate'?"),
      (["dataset", "imprt"], 64, "did you mean 'import'?"), (["imprt"], 64, "did you mean 'dataset import'?"),
      (["zzz"], 64, "unknown command 'zzz'; known: train, "),
      (["evaluate", "layer.yaml"], 65, "layer.yaml: text, not an HDF5 file: it can hold layers but no weights"),
      (["evaluate", "small.h5"], 65, "small.h5: expected a model with its weights, found an image store"),
      (["evaluate", "digits"], 66, "cnn-dist train --model digits"),
      (["sweep", "--sweep", "small.h5"], 65, "small.h5: expected a sweep (YAML), found an image store"),
      (
        ["sweep", "--l2", "0,1", "--initial-weights", "none.h5", "--store", BuiltProgram.digits], 66, "none.h5: cannot"
      ),
      (["sweep", "--sweep", "run.yaml"], 65, "put it under 'settings:'"),
      (["sweep", "--axis", "lr=0.1,0.2"], 65, "axis lr: unknown setting 'lr'; 'lr' is 'optimizer.learning_rate' here"),
      (["sweep", "--axis", "momentum=0,1"], 65, "'momentum' is 'optimizer.momentum' here"),
      (["sweep", "--axis", "filters=4,8"], 65, "'filters' is 'model.filters' here"),
      (["sweep", "--axis", "colour=1,2"], 65, "unknown setting 'colour'; known: allreduce, "),
      (["sweep", "--axis", "optimizer.name=sgd,adam"], 65, "--axis optimizer=NAME,NAME"),
    ]) func otherCommands(arguments: [String], status: Int32, words: String) throws {
      let folder = try prepare()
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let result = try BuiltProgram.run(arguments, in: folder)
      #expect(result.status == status, "\(result.errors)")
      #expect(result.messages.count == 1, "\(result.errors)")
      #expect(result.messages.first?.contains(words) == true, "\(result.errors)")
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }

    /// With a wrong command comes the usage of the commands around it, and with what only its run finds that of the command.
    @Test(arguments: [
      (["dataset", "imprt"], "cnn-dist dataset <subcommand>", "cnn-dist dataset --help"),
      (["bench", "foo"], "cnn-dist bench <subcommand>", "cnn-dist bench --help"),
      (["zzz"], "cnn-dist <subcommand>", "cnn-dist --help"),
      (
        ["dataset", "split", "small.h5", "--output", "small.h5"], "cnn-dist dataset split ",
        "cnn-dist dataset split --help"
      ),
    ])
    func usageOfTheCommand(arguments: [String], usage: String, help: String) throws {
      let result = try BuiltProgram.run(arguments, in: prepare())
      #expect(result.status == 64 && result.messages.count == 1, "\(result.errors)")
      let lines = result.errors.split(separator: "\n").map(String.init)
      #expect(lines.count == 3 && lines.contains("  See '\(help)' for more information."), "\(result.errors)")
      #expect(lines.contains { $0.hasPrefix("Usage: \(usage)") }, "\(result.errors)")
    }

    /// What a file is that belongs behind another flag.
    @Test func otherFiles() throws {
      let run = try TrainingRun("--epochs", "1")
      try run.train(ranks: 1)
      let folder = run.folder
      for (name, text) in [
        "a.npz": "PK", "b.npy": "x", "c.csv": "1,2\n", "sweep.yaml": "axes: [{l2: [0, 1]}]\n",
        "run.yaml": "epochs: 1\n",
        "list.yaml": "[Flatten]\n", "swept/sweep.json": "{}",
      ] {
        let file = URL(filePath: folder(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      for (flags, words) in [
        (["--store", "run"], "found the folder of a run; --store takes a file"),
        (["--store", "swept"], "found the folder of a sweep; --store takes a file"),
        (["--store", "a.npz"], "found NumPy arrays; cnn-dist dataset import npz /"),
        (["--store", "b.npy"], "found a NumPy array; cnn-dist dataset import npy /"),
        (["--store", "c.csv"], "found a table; cnn-dist dataset import csv /"),
        (["--store", "sweep.yaml"], "found a sweep (--sweep takes it)"),
        (["--store", "run.yaml"], "found the settings of a run (--config takes them)"),
        (["--store", "list.yaml"], "found the layers of a model (--model takes them)"),
        (["--store", "run/model.h5"], "found a model; --model takes its layers"),
        (["--config", "run"], "found the folder of a run; run/config.yaml has its settings"),
        (["--config", "swept"], "found the folder of a sweep; sweep --output swept --resume continues it"),
        (["--initial-weights", "digits"], "expected a file with a model's weights, found the name of a model"),
      ] {
        let result = try BuiltProgram.run(["train", "--output", "new"] + flags, in: folder)
        #expect([65, 66].contains(result.status) && result.messages.count == 1, "\(flags): \(result.errors)")
        #expect(result.errors.contains(words), "\(flags): \(result.errors)")
      }
    }

    /// Files that have no bytes on the disk and claim twenty gigabytes, where settings or records are expected.
    @Test(arguments: [
      ("settings.yaml", ["train", "--config", "settings.yaml"]), ("config.yaml", ["report", "."]),
      ("sweep.json", ["report", "."]), ("model.yaml", ["summary", "model.yaml"]),
    ])
    func filesOfGigabytesAreRefusedUnread(file: String, arguments: [String]) throws {
      let folder = try TemporaryFolder()
      #expect(FileManager.default.createFile(atPath: folder(file), contents: nil))
      #expect(truncate(folder(file), 20_000_000_000) == 0)
      let result = try MPIRun(
        command: ["sh", "-c", "ulimit -v 8000000; exec \"$@\"", "sh", BuiltProgram.path(of: "cnn-dist")] + arguments,
        in: folder.path
      ).wait()
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.messages.count == 1 && result.errors.contains("\(file): cannot be read: "), "\(result.errors)")
    }

    /// A result that nobody gets is a failure; one that nobody waits for is none.
    @Test(arguments: [
      ["summary", "digits"], ["evaluate", fixture("keras_digits.h5"), "--store", BuiltProgram.digits],
    ])
    func resultsAreWritten(arguments: [String]) throws {
      let folder = try TemporaryFolder()
      func run(_ shell: String) throws -> MPIRun.Result {
        try MPIRun(
          command: ["bash", "-c", shell, "bash", BuiltProgram.path(of: "cnn-dist")] + arguments, in: folder.path
        ).wait()
      }
      let full = try run("\"$@\" > /dev/full")
      #expect(full.status == 74, "\(full.errors)")
      #expect(full.messages.count == 1 && full.errors.contains("standard output: cannot write"), "\(full.errors)")
      let closed = try run("\"$@\" | true; exit ${PIPESTATUS[0]}")
      #expect(closed.status == 0 && closed.errors.isEmpty, "\(closed.errors)")
    }
  }
}
