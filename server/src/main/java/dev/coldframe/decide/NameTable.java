package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The names of the config file and their addresses, packed so that ten thousand of them stay in
/// the processor's cache: a question is one look into `slots` and one into `data`, without a new
/// object on the way.
///
/// ```
///   data:   length of label | label | count (16 bits) | addresses (32 bits each) | …
///   slots:  where a name begins in data, by hash, open addressing; -1 is free
/// ```
///
/// Built when the file is read; nodes that are adopted later are looked up in the world.
final class NameTable {
  private static final int FREE = -1;
  private static final int MAX_ADDRESSES = 0xffff;

  private final int[] slots;
  private byte[] data = new byte[1_024];
  private int end;

  private NameTable(int names) {
    // At most half full.
    slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, names)) * 4)];
    Arrays.fill(slots, FREE);
  }

  /// The names of a site: records, then the nodes of the file.
  static NameTable of(Site site) {
    var out = new NameTable(site.records().size() + site.nodes().size());
    site.records()
        .forEach((name, data) -> {
          if (!data.addresses().isEmpty()) {
            out.add(name, data.addresses());
          }
        });
    for (Map.Entry<String, Node> node : site.nodes().entrySet()) {
      out.add(node.getKey(), List.of(node.getValue().address()));
    }
    return out;
  }

  private void add(String label, List<Ip4> addresses) {
    byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
    int count = Math.min(addresses.size(), MAX_ADDRESSES);
    int needed = end + 3 + bytes.length + 4 * count;
    if (needed > data.length) {
      data = Arrays.copyOf(data, Math.max(needed, 2 * data.length));
    }
    slots[freeSlot(bytes)] = end;
    data[end++] = (byte) bytes.length;
    System.arraycopy(bytes, 0, data, end, bytes.length);
    end += bytes.length;
    data[end++] = (byte) (count >>> 8);
    data[end++] = (byte) count;
    for (Ip4 address : addresses.subList(0, count)) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        data[end++] = (byte) (address.bits() >>> shift);
      }
    }
  }

  private int freeSlot(byte[] label) {
    int hash = 0;
    for (byte b : label) {
      hash = 31 * hash + b;
    }
    int slot = first(hash);
    while (slots[slot] != FREE) {
      slot = next(slot);
    }
    return slot;
  }

  private int first(int hash) {
    return (hash ^ (hash >>> 15)) & (slots.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  /// The addresses of the name whose label stands first in a name on the wire; empty when the file
  /// has no such name.
  ///
  /// @param name in lower case, at least one label
  List<Ip4> addresses(Bytes name) {
    int length = name.unsigned(0);
    int hash = 0;
    for (int i = 1; i <= length; i++) {
      hash = 31 * hash + (byte) name.unsigned(i);
    }
    for (int slot = first(hash); slots[slot] != FREE; slot = next(slot)) {
      if (name.startsWith(data, slots[slot], length + 1)) {
        return read(slots[slot] + length + 1);
      }
    }
    return List.of();
  }

  private List<Ip4> read(int at) {
    int count = (data[at] & 255) << 8 | (data[at + 1] & 255);
    if (count == 1) {
      return List.of(address(at + 2));
    }
    var out = new ArrayList<Ip4>(count);
    for (int i = 0; i < count; i++) {
      out.add(address(at + 2 + 4 * i));
    }
    return out;
  }

  private Ip4 address(int at) {
    return new Ip4(
        (data[at] & 255) << 24
            | (data[at + 1] & 255) << 16
            | (data[at + 2] & 255) << 8
            | (data[at + 3] & 255));
  }
}
