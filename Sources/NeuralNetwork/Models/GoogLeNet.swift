extension CourseModels {
  /// GoogLeNet for the thousand classes of ImageNet, without its two auxiliary classifiers and the normalisation of local
  /// responses, which later networks found no use for: 6,998,552 parameters.
  ///
  /// Source: Szegedy and others, "Going deeper with convolutions" (2014), table 1.
  public static let googLeNet = CourseModel(
    description: ModelDescription(
      name: "googlenet",
      layers: [
        Conv2D(filters: 64, kernelSize: (7, 7), strides: (2, 2), padding: .same, activation: .relu),
        pool,
        Conv2D(filters: 64, kernelSize: (1, 1), activation: .relu),
        Conv2D(filters: 192, kernelSize: (3, 3), padding: .same, activation: .relu),
        pool,
        inception(64, (96, 128), (16, 32), 32),
        inception(128, (128, 192), (32, 96), 64),
        pool,
        inception(192, (96, 208), (16, 48), 64),
        inception(160, (112, 224), (24, 64), 64),
        inception(128, (128, 256), (24, 64), 64),
        inception(112, (144, 288), (32, 64), 64),
        inception(256, (160, 320), (32, 128), 128),
        pool,
        inception(256, (160, 320), (32, 128), 128),
        inception(384, (192, 384), (48, 128), 128),
        GlobalAveragePooling2D(),
        Dropout(rate: 0.4),
        Dense(units: 1000, activation: .softmax),
      ]),
    input: Shape([224, 224, 3]))

  private static let pool = MaxPooling2D(poolSize: (3, 3), strides: (2, 2), padding: .same)

  /// Four branches side by side: 1×1; 1×1 and 3×3; 1×1 and 5×5; pooling and 1×1.
  private static func inception(
    _ ones: Int, _ threes: (reduced: Int, filters: Int), _ fives: (reduced: Int, filters: Int), _ pooled: Int
  ) -> Branches {
    Branches([
      [convolution(ones, 1)],
      [convolution(threes.reduced, 1), convolution(threes.filters, 3)],
      [convolution(fives.reduced, 1), convolution(fives.filters, 5)],
      [MaxPooling2D(poolSize: (3, 3), strides: (1, 1), padding: .same), convolution(pooled, 1)],
    ])
  }

  private static func convolution(_ filters: Int, _ size: Int) -> Conv2D {
    Conv2D(filters: filters, kernelSize: (size, size), padding: .same, activation: .relu)
  }
}
