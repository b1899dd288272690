package dev.coldframe.cli;

import dev.coldframe.node.Card;
import dev.coldframe.node.Disk;
import java.util.List;
import java.util.Locale;

/// The disks that a node's installer showed, for people to choose from.
final class Disks {
  /// As makers of disks count.
  private static final double GIGABYTE = 1e9;

  private Disks() {}

  static Table table(List<Disk> disks) {
    var out = new Table("DISK", "SIZE", "MODEL", "NUMBER", "HOLDS");
    for (Disk disk : disks) {
      out.row(
          disk.device(),
          size(disk.sizeBytes()),
          or(disk.model()),
          or(disk.serial()),
          or(disk.found()));
    }
    return out;
  }

  /// The disks that a node was installed on.
  static Table cards(List<Card> cards) {
    var out = new Table("INSTALLED ON", "MODEL", "SINCE", "INSTALLS", "FAILURES");
    for (Card card : cards) {
      out.row(
          card.id(),
          or(card.model()),
          card.since().toString(),
          Integer.toString(card.installs()),
          Integer.toString(card.failures()));
    }
    return out;
  }

  static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
  }

  private static String or(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
