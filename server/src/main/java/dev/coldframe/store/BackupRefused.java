package dev.coldframe.store;

/// A backup that is not made or not restored; nothing was changed.
public final class BackupRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  BackupRefused(String reason) {
    super(reason);
    this.reason = reason;
  }

  /// What an operator can act on.
  public String reason() {
    return reason;
  }
}
