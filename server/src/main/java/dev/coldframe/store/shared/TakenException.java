package dev.coldframe.store.shared;

import dev.coldframe.store.StoreException;

/// A write that came too late: another appliance was first. Nothing of it was saved.
public final class TakenException extends StoreException {
  private static final long serialVersionUID = 1L;

  /// @param message what is taken
  public TakenException(String message) {
    super(message);
  }
}
