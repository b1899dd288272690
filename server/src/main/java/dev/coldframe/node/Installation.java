package dev.coldframe.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a node's disk holds, as far as its installer and its reports tell, and where the node looks
/// for its system first.
///
/// ```
/// NONE ── permitted ──▶ WRITING ── done, or a system is heard ──▶ WRITTEN ── ready ──▶ READY
///                         │ ▲                                        │                  │
///                         └─┘ cut, goes on with the same id          └── permitted ◀────┘
/// ```
///
/// @param stage how far it is
/// @param id names the install that is or was at work, hex digits; empty before the first
/// @param disk the disk that it writes, by [Disk#id]
/// @param word the end of the operator's word that it was begun with, by which that word is known;
///   the epoch without one
/// @param order whether the board looks at its disk or at the network first, as its boots show
/// @param local whether the loader is sent to the disk
/// @param wanted whether the operator wants the node to come to its installer
/// @param visits how the loader came and went since a system was heard last
/// @param attempts how many installs began to write since the node was ready last
public record Installation(
    Stage stage,
    String id,
    String disk,
    Instant word,
    Order order,
    boolean local,
    boolean wanted,
    Visits visits,
    int attempts) {
  /// Nothing is known.
  public static final Installation NONE =
      new Installation(
          Stage.NONE, "", "", Instant.EPOCH, Order.UNKNOWN, false, false, Visits.NONE, 0);

  /// How far an install is.
  public enum Stage {
    NONE,
    WRITING,
    WRITTEN,
    READY
  }

  /// Where a board looks first.
  public enum Order {
    UNKNOWN,
    DISK_FIRST,
    NETWORK_FIRST
  }

  /// How a loader came and went.
  ///
  /// @param refusals how often in a row it was sent to its disk
  /// @param refused when it was sent there last
  /// @param keeps how often, one soon after the other, its installer found the system in its place
  /// @param kept when it was found last
  public record Visits(int refusals, Instant refused, int keeps, Instant kept) {
    /// It has not come.
    public static final Visits NONE = new Visits(0, Instant.EPOCH, 0, Instant.EPOCH);

    /// A board that comes back later than this has been in use.
    private static final Duration SOON = Duration.ofMinutes(15);

    private Visits keptAt(Instant now) {
      return new Visits(0, Instant.EPOCH, now.isBefore(kept.plus(SOON)) ? keeps + 1 : 1, now);
    }
  }

  /// Whether the disk holds a whole system.
  public boolean complete() {
    return stage == Stage.WRITTEN || stage == Stage.READY;
  }

  /// Whether a node is not installed once more, because nothing comes of it (row L-02).
  ///
  /// @param retries how often it may be begun again
  public boolean givenUp(int retries) {
    return attempts > retries || visits.keeps() > retries;
  }

  /// Whether it was begun with the operator's word that ends then.
  boolean used(Instant until) {
    return word.equals(until);
  }

  /// A disk may be written.
  ///
  /// @param until the end of the operator's word, if it needs one
  public Installation permitted(String install, String onDisk, Optional<Instant> until) {
    Instant before = id.equals(install) ? word : Instant.EPOCH;
    return new Installation(
        Stage.WRITING,
        install,
        onDisk,
        until.orElse(before),
        order,
        false,
        false,
        Visits.NONE,
        attempts + 1);
  }

  /// The disk is written: the next boot is the board's own business, unless it shows otherwise.
  Installation written() {
    return new Installation(
        Stage.WRITTEN, id, disk, word, Order.UNKNOWN, true, false, Visits.NONE, attempts);
  }

  Installation ready() {
    return new Installation(
        Stage.READY, id, disk, word, alive().order, local, wanted, Visits.NONE, 0);
  }

  /// A system was heard. Heard without the loader before it: the board looks at its disk first.
  Installation alive() {
    boolean unasked = complete() && order == Order.UNKNOWN && visits.refusals() == 0;
    Order now = unasked ? Order.DISK_FIRST : order;
    var none = new Visits(0, visits.refused(), 0, Instant.EPOCH);
    return new Installation(stage, id, disk, word, now, local, wanted, none, attempts);
  }

  /// The loader was sent to its disk.
  Installation refusedAt(Instant now) {
    var more = new Visits(visits.refusals() + 1, now, visits.keeps(), visits.kept());
    return new Installation(
        stage, id, disk, word, Order.NETWORK_FIRST, true, wanted, more, attempts);
  }

  /// The installer found the system where it should be.
  public Installation keptAt(Instant now) {
    Stage whole = stage == Stage.READY ? Stage.READY : Stage.WRITTEN;
    return new Installation(
        whole, id, disk, word, Order.UNKNOWN, true, false, visits.keptAt(now), attempts);
  }

  /// The loader is about to come again by itself: its last visit does not count.
  Installation restarting() {
    int refusals = Math.max(0, visits.refusals() - 1);
    var fewer = new Visits(refusals, visits.refused(), visits.keeps(), visits.kept());
    return new Installation(stage, id, disk, word, order, local, wanted, fewer, attempts);
  }

  /// The loader gets the installer.
  Installation served() {
    return new Installation(stage, id, disk, word, order, false, wanted, visits, attempts);
  }

  /// The operator looked after it: what failed before counts no more.
  Installation lookedAfter() {
    return new Installation(stage, id, disk, word, order, local, wanted, Visits.NONE, 0);
  }

  /// The operator wants it at its installer. What is known of the disk stays known: it is not
  /// written over for that.
  Installation wantedAgain() {
    return new Installation(stage, id, disk, word, order, false, true, Visits.NONE, 0);
  }
}
