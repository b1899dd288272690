package dev.coldframe.decide;

import dev.coldframe.node.JournalEvent;

/// What becomes of an operator's wish.
public sealed interface Ruling<T> {
  /// It is granted.
  ///
  /// @param value what it makes
  /// @param event what it leaves in the journal
  record Granted<T>(T value, JournalEvent event) implements Ruling<T> {}

  /// It is refused.
  ///
  /// @param why the kind of refusal
  /// @param text one sentence that says what to do instead
  record Refused<T>(Why why, String text) implements Ruling<T> {}

  /// Kinds of refusal.
  enum Why {
    /// What is meant does not exist.
    UNKNOWN,
    /// The wish itself is wrong.
    INVALID,
    /// As things stand it cannot be granted.
    CONFLICT
  }
}
