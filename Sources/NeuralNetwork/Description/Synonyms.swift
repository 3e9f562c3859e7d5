/// The names that other programs, papers and courses have for what is set here.
enum Synonyms {
  /// For each of those names, without `_` and `-`, the names here, the likeliest first.
  static let names: [String: [String]] = {
    var names: [String: [String]] = [:]
    for (known, others) in table {
      for name in others.split(separator: " ") {
        names[Meaning.plain(String(name)), default: []] += known.split(separator: " ").map(String.init)
      }
    }
    return names
  }()

  private static let table: [(known: String, others: String)] = [
    ("learning_rate", "lr eta alpha step_size base_lr init_lr initial_lr initial_learning_rate learn_rate"),
    ("batch_size", "bs batch minibatch mini_batch mini_batch_size train_batch_size per_device_train_batch_size"),
    ("epochs", "n_epochs num_epochs max_epochs nb_epoch num_train_epochs iterations n_iter"),
    ("l2", "lambda lmbda l2_lambda l2_reg reg regularization penalty reg_lambda kernel_regularizer"),
    ("optimizer", "opt optim solver algorithm"), ("model", "net network arch architecture model_name"),
    ("seed", "random_state random_seed manual_seed rng_seed"),
    ("loss", "criterion loss_fn loss_function objective cost"),
    ("store", "data dataset data_dir data_path data_root train_data train_dir input input_file h5 hdf5"),
    ("validation_fraction", "validation_split val_split valid_split val_fraction valid_size val_size"),
    ("validation_store", "validation_data val_data val_dir val_store"),
    ("schedule", "scheduler lr_scheduler lr_schedule learning_rate_schedule lr_policy lr_decay"),
    ("initial_weights", "weights pretrained load_weights init_weights pretrained_weights"),
    ("metrics", "metric eval_metric scoring"), ("order", "shuffle"), ("images", "x"), ("labels", "y targets target"),
    ("augmentation", "augment data_augmentation transforms transform"),
    ("checkpoint_every", "save_every save_freq save_interval save_steps checkpoint_freq"),
    ("every", "save_every save_freq save_interval save_steps checkpoint_freq"),
    ("checkpoint_keep", "save_total_limit max_to_keep keep_checkpoints"),
    ("keep", "save_total_limit max_to_keep keep_checkpoints"),
    ("log_every", "log_interval log_steps print_freq logging_steps log_freq"),
    ("output", "out out_dir output_dir save_dir log_dir work_dir run_dir"), ("config", "cfg conf config_file params"),
    ("resume", "continue resume_from resume_from_checkpoint load_checkpoint"),
    ("predictions", "save_predictions output_predictions"), ("quiet", "silent verbose verbosity"),
    ("early_stopping", "early_stop"), ("memory_per_rank", "mem memory max_memory"), ("force", "overwrite"),
    ("convolution", "conv_algorithm"), ("allreduce", "backend reduction"),
    ("repeats", "n_seeds num_seeds seeds"), ("random", "n_trials trials n_iter num_samples samples"),
    ("axis", "grid param param_grid sweep_axis"),
    ("clipnorm", "clip_grad grad_clip max_grad_norm gradient_clip gradient_clip_val clip"), ("epsilon", "eps"),
    ("beta_1", "betas beta"),
    ("units", "out_features num_units n_units hidden hidden_units neurons output_dim"),
    ("filters", "out_channels num_filters n_filters channels nb_filter"), ("kernel_size", "kernel filter_size ksize"),
    ("strides", "stride subsample"), ("pool_size", "pool"), ("rate", "p prob dropout_rate drop_prob"),
    ("activation", "act activation_fn nonlinearity"), ("use_bias", "bias"), ("scale", "factor"),
    ("negative_slope", "alpha slope"), ("alpha", "negative_slope slope"),
    ("nodes", "num_nodes n_nodes"), ("ranks_per_node", "ntasks_per_node ppn procs_per_node tasks_per_node"),
    ("time", "walltime time_limit wall_time"), ("queue", "partition q"), ("job_name", "name"),
    ("parts", "array"), ("memory", "mem mem_per_node"), ("module", "modules"), ("account", "project"),
    ("size", "image_size img_size resize input_size target_size"), ("grey", "gray grayscale greyscale"),
    ("split", "splits ratio train_test_split"), ("count", "n num_samples"),
  ]

  /// What is no setting here, and what there is instead.
  static let notes: [String: String] = {
    var notes: [String: String] = [:]
    for (names, text) in [
      ("dropout drop_rate dropout_rate", "dropout is a layer of the model: Dropout: {rate: 0.5}"),
      (
        "workers num_workers n_workers n_jobs jobs threads num_threads gpus num_gpus devices nproc nproc_per_node ranks np",
        "mpirun says how many ranks there are: mpirun -n 8 cnn-dist …"
      ),
      ("classes num_classes n_classes", "the store says how many classes there are; give the last layer as many units"),
      (
        "weight_decay wd",
        "weight decay is a setting of the optimizers adamw and lars: --optimizer adamw --set optimizer.weight_decay=0.004; "
          + "with others use l2, the penalty on kernels: half of the weight_decay of PyTorch's SGD"
      ),
      ("device cuda gpu", "training is on the cores of processors; there is nothing to choose"),
      ("input_shape image_size img_size", "the store says what shape images have"),
    ] {
      for name in names.split(separator: " ") { notes[Meaning.plain(String(name))] = text }
    }
    return notes
  }()
}
