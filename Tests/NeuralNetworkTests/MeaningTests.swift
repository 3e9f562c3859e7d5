import Testing

@testable import NeuralNetwork

@Suite struct MeaningTests {
  private let known = [
    "learning_rate", "batch_size", "l2", "loss", "epochs", "seed", "optimizer.momentum", "optimizer.weight_decay",
    "checkpoint.every",
  ]

  @Test(
    arguments: [
      ("lr", .same("learning_rate")), ("LR", .same("learning_rate")), ("eta", .same("learning_rate")),
      ("bs", .same("batch_size")), ("lambda", .same("l2")), ("num_epochs", .same("epochs")),
      ("random_state", .same("seed")), ("momentum", .same("optimizer.momentum")), ("every", .same("checkpoint.every")),
      ("save-every", .same("checkpoint.every")), ("criterion", .same("loss")),
      ("learningRate", .misspelt("learning_rate")), ("batch-size", .misspelt("batch_size")),
      ("epoch", .misspelt("epochs")), ("sede", .misspelt("seed")), ("momentun", .misspelt("optimizer.momentum")),
      ("dropout", .elsewhere("dropout is a layer of the model: Dropout: {rate: 0.5}")),
      ("l1", nil), ("k", nil), ("zzz", nil), ("colour", nil), ("", nil),
    ] as [(String, Meaning?)])
  func whatIsMeant(name: String, meaning: Meaning?) { #expect(Meaning(of: name, among: known) == meaning) }

  /// Which setting is weight decay depends on the optimizer.
  @Test(arguments: ["wd", "weight_decay", "weight-decay"]) func weightDecay(name: String) {
    let text = Meaning(of: name, among: known)?.advice(about: name) ?? ""
    #expect(text.contains("--optimizer adamw --set optimizer.weight_decay=0.004") && text.contains("use l2"), "\(text)")
  }

  @Test func whatIsSaid() {
    #expect(Meaning(of: "lr", among: known)?.advice(about: "lr") == "'lr' is 'learning_rate' here")
    #expect(Meaning(of: "epoch", among: known)?.advice(about: "epoch") == "did you mean 'epochs'?")
  }

  /// A slip of the hand is one letter in three at most; two that changed places are one.
  @Test(arguments: [("sdg", "sgd"), ("adm", "adam"), ("Dens", "dense"), ("vgg61", "vgg16"), ("lr", nil), ("sum", nil)])
  func nearestName(name: String, near: String?) {
    #expect(nearest(to: name, among: ["sgd", "adam", "dense", "vgg16", "l2"]) == near)
  }

  @Test(
    arguments: [
      ("1/255", 1 / 255.0), ("1./255", 1 / 255.0), ("1./255.", 1 / 255.0), (" 1 / 4 ", 0.25), ("-1/2", -0.5),
      ("1e-3/2", 0.0005), ("0.1", 0.1), ("1/0", nil), ("1/2/3", nil), ("a/b", nil), ("/", nil), ("1/", nil),
      ("nan/1", nil),
      ("0x1p3/2", nil), ("inf", nil),
    ] as [(String, Double?)])
  func fractions(text: String, number: Double?) { #expect(Double(fraction: text) == number) }
}
