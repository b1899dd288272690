package dev.coldframe;

/// This machine stands in the way: a port is taken, a right is missing, a disk is full. Exit code
/// 3.
public final class EnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message one sentence that says what is wrong and what to do
  public EnvironmentException(String message) {
    super(message);
  }

  /// @param message one sentence that says what is wrong and what to do
  /// @param cause what the system said
  public EnvironmentException(String message, Throwable cause) {
    super(message, cause);
  }
}
