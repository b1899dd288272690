package dev.coldframe.transport.http;

/// Tells a connection that moves on from one that only holds its place: a client that sends its
/// request byte by byte, says nothing, or hardly reads its answer (row H-05). A connection is
/// looked at from time to time; single bytes do not count.
final class Standstill {
  /// What must at least leave from one look to the next. A board that writes to the slowest card
  /// takes many times that.
  static final long LEAST_BYTES = 32_768;

  private Standstill() {}

  /// How far a connection is.
  ///
  /// @param requests how many have come whole
  /// @param answering whether one of them is not answered yet
  /// @param bytesLeft of the answer, in this process
  record Look(long requests, boolean answering, long bytesLeft) {}

  /// Whether too little has happened from one look to the next.
  static boolean between(Look before, Look now) {
    return before.requests() == now.requests()
        && before.answering() == now.answering()
        && (!now.answering() || before.bytesLeft() - now.bytesLeft() < LEAST_BYTES);
  }
}
