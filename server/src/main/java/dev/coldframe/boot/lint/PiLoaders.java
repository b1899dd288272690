package dev.coldframe.boot.lint;

/// What loaders of Raspberry Pis can do.
public final class PiLoaders {
  /// Those before 2025-09-23 count blocks to 65,535 and ask for 1024 bytes or more (row B-07).
  public static final long BLOCKS_BYTES = 65_535L * 1024;

  private PiLoaders() {}
}
