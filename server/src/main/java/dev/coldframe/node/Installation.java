package dev.coldframe.node;

import java.time.Instant;

/// What a node's disk holds, as far as its installer and its reports tell, and where the node looks
/// for its system first.
///
/// ```
/// NONE ── permitted ──▶ WRITING ── done ──▶ WRITTEN ── ready ──▶ READY
///   ▲                      │ ▲                                     │
///   │                      └─┘ cut, goes on with the same id       │
///   └───────────────────── recovery ◀──────────────────────────────┘
/// ```
///
/// @param stage how far it is
/// @param id names the install that is or was at work, hex digits; empty before the first
/// @param disk the disk that it writes, by [Disk#id]
/// @param order whether the board looks at its disk or at the network first, as its boots show
/// @param local whether the loader is sent to the disk
/// @param refusals how often in a row it was sent there and no system of it has been heard since
/// @param refused when it was sent there last
/// @param attempts how many installs began to write since the node was ready last
public record Installation(
    Stage stage,
    String id,
    String disk,
    Order order,
    boolean local,
    int refusals,
    Instant refused,
    int attempts) {
  /// Nothing is known.
  public static final Installation NONE =
      new Installation(Stage.NONE, "", "", Order.UNKNOWN, false, 0, Instant.EPOCH, 0);

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

  /// Whether the disk holds a whole system.
  public boolean complete() {
    return stage == Stage.WRITTEN || stage == Stage.READY;
  }

  /// Whether an install of that id is the one that is at work, so that it may go on.
  public boolean isAtWork(String install) {
    return stage == Stage.WRITING && id.equals(install);
  }

  /// A disk may be written.
  public Installation permitted(String install, String onDisk) {
    return new Installation(
        Stage.WRITING, install, onDisk, order, false, 0, Instant.EPOCH, attempts + 1);
  }

  /// The disk is written: the next boot is the board's own business, unless it shows otherwise.
  Installation written() {
    return new Installation(
        Stage.WRITTEN, id, disk, Order.UNKNOWN, true, 0, Instant.EPOCH, attempts);
  }

  Installation ready() {
    Installation alive = alive();
    return new Installation(Stage.READY, id, disk, alive.order, local, 0, Instant.EPOCH, 0);
  }

  /// A system was heard. Heard without the loader before it: the board looks at its disk first.
  Installation alive() {
    boolean unasked = complete() && order == Order.UNKNOWN && refusals == 0;
    Order now = unasked ? Order.DISK_FIRST : order;
    return new Installation(stage, id, disk, now, local, 0, refused, attempts);
  }

  /// The loader was sent to its disk.
  Installation refusedAt(Instant now) {
    return new Installation(
        stage, id, disk, Order.NETWORK_FIRST, true, refusals + 1, now, attempts);
  }

  /// The installer found the system where it should be.
  public Installation kept() {
    return new Installation(stage, id, disk, Order.UNKNOWN, true, 0, Instant.EPOCH, attempts);
  }

  /// The loader gets the installer.
  Installation served() {
    return new Installation(stage, id, disk, order, false, refusals, refused, attempts);
  }

  /// The operator looked after it: what failed before counts no more.
  Installation lookedAfter() {
    return new Installation(stage, id, disk, order, local, refusals, refused, 0);
  }

  /// The operator wants it installed again.
  Installation wanted() {
    return new Installation(Stage.NONE, id, disk, order, false, 0, Instant.EPOCH, 0);
  }
}
