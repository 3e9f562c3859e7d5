/// Residual networks: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2015).
extension CourseModels {
  /// The residual network of twenty layers for CIFAR-10, with a 1×1 convolution where the shape changes: 274,442
  /// parameters, 273,066 of them trained.
  public static let resNet20 = CourseModel(
    description: ModelDescription(
      name: "resnet20", l2: 1e-4,
      layers: normalized(16, (3, 3)) + [ReLU()]
        + [16, 32, 64].flatMap { filters in (0..<3).flatMap { smallBlock(filters, isFirst: $0 == 0) } }
        + [AveragePooling2D(poolSize: (8, 8)), Flatten(), heNormal(Dense(units: 10, activation: .softmax))]),
    input: Shape([32, 32, 3]))

  private static func smallBlock(_ filters: Int, isFirst: Bool) -> [any Layer] {
    let changesShape = isFirst && filters > 16
    let strides = changesShape ? (2, 2) : (1, 1)
    let shortcut: [any Layer] =
      changesShape ? [heNormal(Conv2D(filters: filters, kernelSize: (1, 1), strides: strides, padding: .same))] : []
    return [
      Residual(
        normalized(filters, (3, 3), strides: strides) + [ReLU()] + normalized(filters, (3, 3)), shortcut: shortcut),
      ReLU(),
    ]
  }

  /// The residual network of fifty layers for the thousand classes of ImageNet, as Keras has it: 25,636,712 parameters.
  public static let resNet50 = CourseModel(
    description: ModelDescription(
      name: "resnet50",
      layers: [
        ZeroPadding2D(rows: (3, 3), columns: (3, 3)),
        Conv2D(filters: 64, kernelSize: (7, 7), strides: (2, 2)),
        BatchNormalization(epsilon: keras),
        ReLU(),
        ZeroPadding2D(rows: (1, 1), columns: (1, 1)),
        MaxPooling2D(poolSize: (3, 3), strides: (2, 2)),
      ]
        + [(64, 3), (128, 4), (256, 6), (512, 3)].flatMap { filters, count in
          (0..<count).flatMap { bottleneck(filters, isFirst: $0 == 0) }
        } + [GlobalAveragePooling2D(), Dense(units: 1000, activation: .softmax)]),
    input: Shape([224, 224, 3]))

  /// The `ε` of Keras' residual networks.
  private static let keras = 1.001e-5

  private static func bottleneck(_ filters: Int, isFirst: Bool) -> [any Layer] {
    let strides = isFirst && filters > 64 ? (2, 2) : (1, 1)
    let shortcut: [any Layer] =
      isFirst
      ? [
        Conv2D(filters: 4 * filters, kernelSize: (1, 1), strides: strides), BatchNormalization(epsilon: keras),
      ] : []
    return [
      Residual(
        [
          Conv2D(filters: filters, kernelSize: (1, 1), strides: strides), BatchNormalization(epsilon: keras), ReLU(),
          Conv2D(filters: filters, kernelSize: (3, 3), padding: .same), BatchNormalization(epsilon: keras), ReLU(),
          Conv2D(filters: 4 * filters, kernelSize: (1, 1)), BatchNormalization(epsilon: keras),
        ], shortcut: shortcut),
      ReLU(),
    ]
  }

  private static func normalized(_ filters: Int, _ size: (Int, Int), strides: (Int, Int) = (1, 1)) -> [any Layer] {
    [heNormal(Conv2D(filters: filters, kernelSize: size, strides: strides, padding: .same)), BatchNormalization()]
  }

  private static func heNormal(_ layer: Conv2D) -> Conv2D {
    var layer = layer
    layer.settings.kernelInitializer = Choice(HeNormal())
    return layer
  }

  private static func heNormal(_ layer: Dense) -> Dense {
    var layer = layer
    layer.kernelInitializer = Choice(HeNormal())
    return layer
  }
}
