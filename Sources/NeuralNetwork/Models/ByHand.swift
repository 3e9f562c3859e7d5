extension CourseModels {
  /// The fully connected network that the documents work by hand: three inputs, two sigmoids, one linear output, 11
  /// parameters.
  public static let byHandNetwork = CourseModel(
    description: ModelDescription(
      name: "byhand-ann", layers: [Flatten(), Dense(units: 2, activation: .sigmoid), Dense(units: 1)]),
    input: Shape([1, 1, 3]))

  /// The convolutional network that the documents work by hand: a signal of five values, one kernel of three, a sigmoid, one
  /// linear output, 8 parameters.
  public static let byHandConvolution = CourseModel(
    description: ModelDescription(
      name: "byhand-cnn",
      layers: [
        Reshape([5, 1]),
        Conv1D(filters: 1, kernelSize: 3, activation: .sigmoid),
        Flatten(),
        Dense(units: 1),
      ]),
    input: Shape([5, 1, 1]))
}
