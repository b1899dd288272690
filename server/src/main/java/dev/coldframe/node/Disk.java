package dev.coldframe.node;

import java.util.List;

/// A disk as a node's installer saw it.
///
/// @param device its path on the node, for example `/dev/mmcblk0`
/// @param sizeBytes its size
/// @param model what it calls itself; may be empty
/// @param serial its own number: an SD card's CID, else a serial or WWID; may be empty
/// @param aliases other paths of the same disk, for example `/dev/disk/by-id/…`
/// @param found what lies on it, in words for the operator
public record Disk(
    String device,
    long sizeBytes,
    String model,
    String serial,
    List<String> aliases,
    String found) {
  public Disk {
    aliases = List.copyOf(aliases);
  }

  /// What tells this disk from another in the same place: its own number, or model and size where
  /// it has none.
  public String id() {
    return serial.isEmpty() ? model + "/" + sizeBytes : serial;
  }

  /// All that the operator was shown of it. A disk of which anything is different is not meant any
  /// more: a card reader has one number for all cards.
  public String shown() {
    return id() + ", " + sizeBytes + " bytes, " + found;
  }

  /// The same disk, holding something else.
  Disk holding(String what) {
    return new Disk(device, sizeBytes, model, serial, aliases, what);
  }

  /// Whether a text names this disk: a path, its model, its number or its size in bytes.
  public boolean isCalled(String text) {
    return text.equals(device)
        || aliases.contains(text)
        || (!serial.isEmpty() && text.equals(serial))
        || (!model.isEmpty() && text.equals(model))
        || text.equals(Long.toString(sizeBytes));
  }
}
