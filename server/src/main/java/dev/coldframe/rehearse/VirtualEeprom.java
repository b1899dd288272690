package dev.coldframe.rehearse;

/// The boot EEPROM of a virtual Pi 4 or 5, and how it takes an update (reference, section 5.3). It
/// outlives the boots of its board. Read and written by the board's thread; anybody may ask.
public final class VirtualEeprom {
  /// What becomes of a board that flashes.
  public enum Fault {
    /// It restarts with what it flashed.
    NONE,
    /// It restarts, and nothing was kept.
    FORGETS,
    /// It stays dark.
    DIES
  }

  private final Fault fault;
  private String sha256;
  private long updated;
  private int flashed;
  private boolean dead;

  /// @param sha256 of what is in it, hex digits
  /// @param updated the timestamp of its last update, unix seconds
  /// @param fault what goes wrong when it flashes
  public VirtualEeprom(String sha256, long updated, Fault fault) {
    this.sha256 = sha256;
    this.updated = updated;
    this.fault = fault;
  }

  /// As it comes from the factory: any update is newer.
  static VirtualEeprom factory() {
    return new VirtualEeprom("", 0, Fault.NONE);
  }

  /// What is in it.
  public synchronized String sha256() {
    return sha256;
  }

  /// The timestamp of its last update, unix seconds.
  public synchronized long updated() {
    return updated;
  }

  /// How often it was written.
  public synchronized int flashed() {
    return flashed;
  }

  /// Whether its board does not start any more.
  public synchronized boolean dead() {
    return dead;
  }

  synchronized void flash(String image, long timestamp) {
    flashed++;
    switch (fault) {
      case NONE -> {
        sha256 = image;
        updated = timestamp;
      }
      case FORGETS -> {}
      case DIES -> dead = true;
    }
  }
}
