/// The program itself, as checkpoints and messages name it.
public enum Program {
  /// The program's version.
  public static let version = "0.1.0"
}
