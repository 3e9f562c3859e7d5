extension CourseModels {
  /// LeNet-5 as it is usually built today: tanh, mean pooling, 28×28 images padded to 32×32, 61,706 parameters.
  ///
  /// Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998).
  public static let leNet5 = CourseModel(
    description: ModelDescription(
      name: "lenet5",
      layers: [
        Conv2D(filters: 6, kernelSize: (5, 5), padding: .same, activation: .tanh),
        AveragePooling2D(poolSize: (2, 2)),
        Conv2D(filters: 16, kernelSize: (5, 5), activation: .tanh),
        AveragePooling2D(poolSize: (2, 2)),
        Flatten(),
        Dense(units: 120, activation: .tanh),
        Dense(units: 84, activation: .tanh),
        Dense(units: 10, activation: .softmax),
      ]),
    input: Shape([28, 28, 1]))
}
