package dev.coldframe.power;

/// A switch that could not be asked, or did not do what it was told. The message says what to look
/// at, and never holds a secret.
public final class PowerException extends Exception {
  private static final long serialVersionUID = 1L;

  PowerException(String message) {
    super(message);
  }

  PowerException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The same failure in the middle of something.
  ///
  /// @param what how things stand now
  public PowerException after(String what) {
    return new PowerException(what + ": " + text(), this);
  }

  /// The same failure once an order was on its way: only the switch knows whether it counts.
  PowerException ordered() {
    return after("an order was given, and what became of it is not known");
  }

  /// The sentence for people.
  public String text() {
    return String.valueOf(getMessage());
  }
}
