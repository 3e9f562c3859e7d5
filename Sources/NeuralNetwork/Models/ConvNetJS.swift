extension CourseModels {
  /// The network of the ConvNetJS demonstration that trains on CIFAR-10 in the browser: three times 5×5 convolutions padded by
  /// two, and a softmax.
  ///
  /// Source: Karpathy, cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html.
  public static let convnetjs = CourseModel(
    description: ModelDescription(
      name: "convnetjs-cifar10",
      layers: [16, 20, 20].flatMap { filters -> [any Layer] in
        [
          Conv2D(filters: filters, kernelSize: (5, 5), padding: .same, activation: .relu),
          MaxPooling2D(poolSize: (2, 2)),
        ]
      } + [Flatten(), Dense(units: 10, activation: .softmax)]),
    input: Shape([32, 32, 3]))
}
