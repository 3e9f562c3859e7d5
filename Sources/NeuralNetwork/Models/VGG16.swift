extension CourseModels {
  /// VGG16 without its top, under Keras' names: 14,714,688 parameters; what transfer learning starts from.
  ///
  /// Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition" (2014).
  public static let vgg16 = CourseModel(
    description: ModelDescription(name: "vgg16", layers: vgg16Blocks), input: Shape([150, 150, 3]))

  /// VGG16 with its top for the thousand classes of ImageNet: 138,357,544 parameters.
  public static let vgg16WithTop = CourseModel(
    description: ModelDescription(
      name: "vgg16-top",
      layers: vgg16Blocks + [
        Flatten().named("flatten"),
        Dense(units: 4096, activation: .relu).named("fc1"),
        Dense(units: 4096, activation: .relu).named("fc2"),
        Dense(units: 1000, activation: .softmax).named("predictions"),
      ]),
    input: Shape([224, 224, 3]))

  private static let vgg16Blocks: [any Layer] =
    [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated().flatMap { index, block -> [any Layer] in
      let (filters, count) = block
      let convolutions = (1...count).map { number in
        Conv2D(filters: filters, kernelSize: (3, 3), padding: .same, activation: .relu)
          .named("block\(index + 1)_conv\(number)")
      }
      return convolutions + [MaxPooling2D(poolSize: (2, 2)).named("block\(index + 1)_pool")]
    }
}
