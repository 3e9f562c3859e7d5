extension TrainingConfiguration {
  /// The paths of the settings within others, `optimizer.momentum`, for whoever looks for them by their last part.
  public static let innerSettings: [String] = [
    (
      "optimizer",
      "learning_rate momentum nesterov rho centered beta_1 beta_2 epsilon amsgrad weight_decay trust_coefficient "
        + "initial_accumulator_value clipnorm global_clipnorm clipvalue"
    ),
    ("early_stopping", "patience monitor min_delta below above restore_best_weights"),
    ("checkpoint", "every keep"),
    (
      "schedule",
      "decay_steps decay_rate staircase alpha warmup_target warmup_steps end_factor power cycle boundaries factors "
        + "start_factor"
    ),
    (
      "augmentation",
      "rotation_range width_shift_range height_shift_range shear_range zoom_range horizontal_flip vertical_flip "
        + "brightness_range channel_shift_range random_crop fill_mode cval"
    ),
  ].flatMap { group, keys in keys.split(separator: " ").map { "\(group).\($0)" } }
}
