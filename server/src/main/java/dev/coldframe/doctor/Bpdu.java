package dev.coldframe.doctor;

import dev.coldframe.net.Bytes;
import java.time.Duration;
import java.util.Optional;

/// A configuration BPDU of a switch (IEEE 802.1D-2004, section 9.3).
///
/// ```
///   42 42 03 | 0000 | version | type | flags | root 8 | cost 4 | bridge 8 | port 2 | age 2 | max 2 | hello 2 | delay 2
/// ```
///
/// @param version 0 spanning tree, 2 rapid, 3 multiple
/// @param forwardDelay how long each of the two steps towards an open port takes
record Bpdu(int version, Duration forwardDelay) {
  private static final int LLC = 0x424203;
  private static final int LLC_BYTES = 3;
  private static final int CONFIG_BYTES = 35;
  private static final int RAPID = 2;

  /// Reads one as a packet socket gives it, from the LLC header on.
  ///
  /// @return empty when it is none, or only tells of a change
  static Optional<Bpdu> tryParse(Bytes frame) {
    if (frame.size() < LLC_BYTES + CONFIG_BYTES
        || frame.intAt(0) >>> 8 != LLC
        || frame.shortAt(3) != 0) {
      return Optional.empty();
    }
    int version = frame.unsigned(5);
    int type = frame.unsigned(6);
    boolean config = type == 0 || (type == RAPID && version >= RAPID);
    // The delay is told in 1/256 seconds.
    Duration delay = Duration.ofMillis(frame.shortAt(LLC_BYTES + 33) * 1_000L / 256);
    return config ? Optional.of(new Bpdu(version, delay)) : Optional.empty();
  }

  /// How long a port without an edge setting stays closed.
  Duration closed() {
    return forwardDelay.multipliedBy(2);
  }

  /// Its name.
  String protocol() {
    return version >= RAPID ? "rapid spanning tree" : "spanning tree";
  }
}
