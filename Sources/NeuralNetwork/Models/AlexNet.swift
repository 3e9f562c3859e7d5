extension CourseModels {
  /// AlexNet's five convolutions and three dense layers, with kernels and strides for images of 32×32 pixels.
  ///
  /// Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks" (2012).
  public static let alexNet = CourseModel(
    description: ModelDescription(
      name: "alexnet",
      layers: [
        Conv2D(filters: 96, kernelSize: (5, 5), padding: .same, activation: .relu),
        MaxPooling2D(poolSize: (3, 3), strides: (2, 2)),
        Conv2D(filters: 256, kernelSize: (5, 5), padding: .same, activation: .relu),
        MaxPooling2D(poolSize: (3, 3), strides: (2, 2)),
        Conv2D(filters: 384, kernelSize: (3, 3), padding: .same, activation: .relu),
        Conv2D(filters: 384, kernelSize: (3, 3), padding: .same, activation: .relu),
        Conv2D(filters: 256, kernelSize: (3, 3), padding: .same, activation: .relu),
        MaxPooling2D(poolSize: (3, 3), strides: (2, 2)),
        Flatten(),
        Dense(units: 1024, activation: .relu),
        Dropout(rate: 0.5),
        Dense(units: 1024, activation: .relu),
        Dropout(rate: 0.5),
        Dense(units: 10, activation: .softmax),
      ]),
    input: Shape([32, 32, 3]))
}
