extension CourseModels {
  /// The documents' network for MNIST: 28×28 grey images, ten classes, 93,322 parameters.
  public static let mnist = CourseModel(
    description: ModelDescription(name: "mnist", layers: threeConvolutions), input: Shape([28, 28, 1]))

  /// The documents' network for CIFAR-10: 32×32 colour images, ten classes, 122,570 parameters.
  public static let cifar10 = CourseModel(
    description: ModelDescription(name: "cifar10", layers: threeConvolutions), input: Shape([32, 32, 3]))

  private static let threeConvolutions: [any Layer] = [
    Conv2D(filters: 32, kernelSize: (3, 3), activation: .relu),
    MaxPooling2D(poolSize: (2, 2)),
    Conv2D(filters: 64, kernelSize: (3, 3), activation: .relu),
    MaxPooling2D(poolSize: (2, 2)),
    Conv2D(filters: 64, kernelSize: (3, 3), activation: .relu),
    Flatten(),
    Dense(units: 64, activation: .relu),
    Dense(units: 10, activation: .softmax),
  ]
}
