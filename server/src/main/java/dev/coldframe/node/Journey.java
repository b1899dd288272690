package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One install's permission to fetch what is secret: from the installer's hello to `ready`
/// (architecture, section 6).
///
/// The token itself is never kept, only its SHA-256.
///
/// @param tokenHash lower-case hex SHA-256 of the token
/// @param address the only address that may use it
/// @param dies when it ends by age
/// @param ended why it is dead before that, or empty
/// @param released when each secret resource was first sent whole, by name
/// @param install names the install, hex digits; an install that was cut goes on under its name
/// @param permit which disk may be written, once that is decided
/// @param onDisk the hash of the token that the system on the disk has; empty when it has none
public record Journey(
    String tokenHash,
    Ip4 address,
    Instant dies,
    String ended,
    Map<String, Instant> released,
    String install,
    Optional<Permit> permit,
    String onDisk) {
  /// The resource by which a token gets onto the disk.
  public static final String ROOT = "root";

  /// Why a journey ends when the board starts again; what is on its disk may go on.
  static final String BOOTED_AGAIN = "the node booted again";

  /// How long after its first complete transfer a secret resource may be fetched again, in case the
  /// node lost it.
  public static final Duration RETRY_WINDOW = Duration.ofMinutes(2);

  public Journey {
    released = Ordered.copy(released);
  }

  /// A fresh journey.
  ///
  /// @param life how long the token lives at most
  /// @param install names the install
  /// @param onDisk the hash of the token that a system on the disk has already, or empty
  public static Journey begin(
      String tokenHash, Ip4 address, Instant now, Duration life, String install, String onDisk) {
    return new Journey(
        tokenHash, address, now.plus(life), "", Map.of(), install, Optional.empty(), onDisk);
  }

  /// Whether the token still opens anything.
  public boolean aliveAt(Instant now) {
    return ended.isEmpty() && now.isBefore(dies);
  }

  /// Whether a secret resource may be sent now: not sent yet, or a retry inside the window.
  public boolean mayRelease(String resource, Instant now) {
    Instant first = released.get(resource);
    return first == null || !now.isAfter(first.plus(RETRY_WINDOW));
  }

  /// The same journey after a resource was sent whole.
  public Journey withReleased(String resource, Instant now) {
    if (released.containsKey(resource)) {
      return this;
    }
    var more = new java.util.LinkedHashMap<>(released);
    more.put(resource, now);
    String disk = resource.equals(ROOT) ? tokenHash : onDisk;
    return new Journey(tokenHash, address, dies, ended, more, install, permit, disk);
  }

  /// The same journey with a disk that may be written.
  public Journey withPermit(Permit disk) {
    return new Journey(
        tokenHash, address, dies, ended, released, install, Optional.of(disk), onDisk);
  }

  /// What the next journey of the node may go back to: the token on the disk, unless it was
  /// misused, has done its work or is too old.
  public String left(Instant now) {
    return goesOn() && now.isBefore(dies) ? onDisk : "";
  }

  private boolean goesOn() {
    return ended.isEmpty() || ended.equals(BOOTED_AGAIN);
  }

  /// The journey of the system that is on the disk: its token lives, the installer's does not.
  public Journey back() {
    return onDisk.isEmpty()
        ? end("the system on the disk has no token")
        : new Journey(onDisk, address, dies, "", released, install, permit, onDisk);
  }

  /// Whether another record is of this journey too.
  boolean isSameAs(Journey other) {
    return tokenHash.equals(other.tokenHash);
  }

  /// The same journey with what another record of it says was released, and dead where it is dead
  /// there: for good, unless both only say that the board started again.
  Journey sealedAsIn(Journey other) {
    var all = new java.util.LinkedHashMap<>(released);
    other.released.forEach((name, at) -> all.merge(name, at, (a, b) -> a.isBefore(b) ? a : b));
    return new Journey(
        tokenHash,
        address,
        dies.isBefore(other.dies) ? dies : other.dies,
        goesOn() && !other.ended.isEmpty() ? other.ended : ended,
        all,
        install,
        permit,
        onDisk.isEmpty() ? other.onDisk : onDisk);
  }

  /// The same journey, dead for a reason.
  public Journey end(String reason) {
    return ended.isEmpty()
        ? new Journey(tokenHash, address, dies, reason, released, install, permit, onDisk)
        : this;
  }
}
