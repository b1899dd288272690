package dev.coldframe.power;

import org.jspecify.annotations.Nullable;

/// A switch that could not be asked, or did not do what it was told. The message says what to look
/// at, and never holds a secret.
public final class PowerException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean uncertain;

  PowerException(String message) {
    this(message, null, false);
  }

  PowerException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private PowerException(String message, @Nullable Throwable cause, boolean uncertain) {
    super(message, cause);
    this.uncertain = uncertain;
  }

  /// A failure of which nobody can tell whether it was carried out.
  static PowerException uncertain(String message) {
    return new PowerException(message, null, true);
  }

  /// Whether the port may have been switched all the same.
  public boolean isUncertain() {
    return uncertain;
  }

  /// The same failure in the middle of something.
  ///
  /// @param what how things stand now
  public PowerException after(String what) {
    return new PowerException(what + ": " + text(), this, true);
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
