package dev.coldframe.store;

/// The state folder cannot be used: missing rights, a full disk, a damaged or newer database,
/// another process on it.
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message what an operator can act on
  public StoreException(String message) {
    super(message);
  }

  /// @param message what an operator can act on
  /// @param cause what the system said
  public StoreException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
