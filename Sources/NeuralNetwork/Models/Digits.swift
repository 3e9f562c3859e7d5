extension CourseModels {
  /// The network of the Keras digits experiment: 8×8 grey images, ten classes, 5,160 parameters, every kernel penalised.
  public static let digits = CourseModel(
    description: ModelDescription(
      name: "digits", l2: 0.01,
      layers: [
        Conv2D(filters: 10, kernelSize: (3, 3), activation: .relu),
        MaxPooling2D(poolSize: (2, 2)),
        Flatten(),
        Dense(units: 50, activation: .relu),
        Dense(units: 10, activation: .softmax),
      ]),
    input: Shape([8, 8, 1]))
}
