internal import COneDNN

/// What a plan is compiled for.
public enum Purpose: Hashable, Sendable {
  /// Forward and backward; what the backward pass needs is kept.
  case training
  /// Forward only.
  case inference

  var propagation: dnnl_prop_kind_t {
    switch self {
    case .training: dnnl_forward_training
    case .inference: dnnl_forward_inference
    }
  }
}
