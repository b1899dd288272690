package dev.coldframe.node;

import java.util.Locale;

/// Where a node stands in its life.
///
/// ```
/// NEW ──▶ ADOPTED ──▶ BOOTING ──▶ INSTALLING ──▶ FIRST_BOOT ──▶ READY
///                        ▲            │               │           │
///                        └── retry ── FAILED ◀────────┘           │
///                        └──────────── power cycle ───────────────┘
/// ```
public enum Phase {
  /// An unknown board was seen.
  NEW,
  /// It has a name and a pinned address.
  ADOPTED,
  /// Its loader asked for an address or a boot file.
  BOOTING,
  /// Its installer said hello and holds a journey token.
  INSTALLING,
  /// The installer reported that it is done.
  FIRST_BOOT,
  /// Configuration applied, sshd answers, clock state known.
  READY,
  /// A stage took too long or reported failure.
  FAILED;

  /// Whether it is to end within a time that the site says (`stages:`).
  public boolean isTimed() {
    return switch (this) {
      case BOOTING, INSTALLING, FIRST_BOOT -> true;
      case NEW, ADOPTED, READY, FAILED -> false;
    };
  }

  /// `first-boot`, as commands, JSON and the page write it.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Reads a label.
  ///
  /// @throws IllegalArgumentException when there is no such phase
  public static Phase ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
