package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The options of one message in their order, each code once; parts of a long option are already
/// joined (RFC 3396). Immutable.
public final class DhcpOptions {
  /// No options.
  public static final DhcpOptions NONE = new Builder().build();

  private final byte[] data;
  private final int[] entries;
  private final int count;

  /// Each entry is code, offset and length: 8, 12 and 12 bits.
  private DhcpOptions(byte[] data, int[] entries, int count) {
    this.data = data;
    this.entries = entries;
    this.count = count;
  }

  private static final int OFFSET_BITS = 12;

  /// The longest sum of all values; well above any Ethernet frame.
  static final int MAX_BYTES = (1 << OFFSET_BITS) - 1;

  private static int codeOf(int entry) {
    return entry >>> 24;
  }

  private static int offsetOf(int entry) {
    return entry >>> OFFSET_BITS & MAX_BYTES;
  }

  private static int lengthOf(int entry) {
    return entry & MAX_BYTES;
  }

  private int find(int code) {
    for (int i = 0; i < count; i++) {
      if (codeOf(entries[i]) == code) {
        return i;
      }
    }
    return -1;
  }

  /// How many options.
  public int size() {
    return count;
  }

  /// The code at an index, in message order.
  public int codeAt(int index) {
    return codeOf(entries[index]);
  }

  /// Whether there is an option of that code.
  public boolean has(int code) {
    return find(code) >= 0;
  }

  /// The length of an option's value in bytes; -1 when there is no such option.
  public int length(int code) {
    int at = find(code);
    return at < 0 ? -1 : lengthOf(entries[at]);
  }

  /// One byte of an option's value as 0 to 255.
  ///
  /// @throws IndexOutOfBoundsException when there is no such option or byte
  public int byteAt(int code, int index) {
    int at = find(code);
    if (at < 0 || index < 0 || index >= lengthOf(entries[at])) {
      throw new IndexOutOfBoundsException("option " + code + " has no byte " + index);
    }
    return data[offsetOf(entries[at]) + index] & 255;
  }

  /// An option's value.
  public Optional<Bytes> get(int code) {
    int at = find(code);
    return at < 0 ? Optional.empty() : Optional.of(valueAt(at));
  }

  /// The value at an index, in message order.
  public Bytes valueAt(int index) {
    int offset = offsetOf(entries[index]);
    return Bytes.wrap(Arrays.copyOfRange(data, offset, offset + lengthOf(entries[index])));
  }

  /// An address option; empty when it is absent or not four bytes long.
  public Optional<Ip4> address(int code) {
    int at = find(code);
    if (at < 0 || lengthOf(entries[at]) != 4) {
      return Optional.empty();
    }
    int o = offsetOf(entries[at]);
    return Optional.of(
        new Ip4(
            (data[o] & 255) << 24
                | (data[o + 1] & 255) << 16
                | (data[o + 2] & 255) << 8
                | (data[o + 3] & 255)));
  }

  /// A text option in ASCII, without trailing NULs; empty when it is absent.
  public Optional<String> text(int code) {
    int at = find(code);
    if (at < 0) {
      return Optional.empty();
    }
    int offset = offsetOf(entries[at]);
    int length = lengthOf(entries[at]);
    while (length > 0 && data[offset + length - 1] == 0) {
      length--;
    }
    return Optional.of(new String(data, offset, length, StandardCharsets.ISO_8859_1));
  }

  /// Whether an option's value begins with an ASCII text.
  public boolean startsWith(int code, String text) {
    int at = find(code);
    if (at < 0 || lengthOf(entries[at]) < text.length()) {
      return false;
    }
    int offset = offsetOf(entries[at]);
    for (int i = 0; i < text.length(); i++) {
      if (data[offset + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether an option's value contains a byte: is this code in the parameter request list?
  public boolean contains(int code, int wanted) {
    int at = find(code);
    if (at < 0) {
      return false;
    }
    int offset = offsetOf(entries[at]);
    for (int i = lengthOf(entries[at]) - 1; i >= 0; i--) {
      if ((data[offset + i] & 255) == wanted) {
        return true;
      }
    }
    return false;
  }

  void copyTo(int index, byte[] target, int at, int from, int length) {
    System.arraycopy(data, offsetOf(entries[index]) + from, target, at, length);
  }

  int lengthAt(int index) {
    return lengthOf(entries[index]);
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof DhcpOptions o) || count != o.count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (codeAt(i) != o.codeAt(i) || !valueAt(i).equals(o.valueAt(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = count;
    for (int i = 0; i < count; i++) {
      hash = 31 * (31 * hash + codeAt(i)) + valueAt(i).hashCode();
    }
    return hash;
  }

  /// `53=01 51=00000e10`, for logs and golden files.
  @Override
  public String toString() {
    var out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append(i == 0 ? "" : " ").append(codeAt(i)).append('=').append(valueAt(i).hex());
    }
    return out.toString();
  }

  /// Collects options in order. Parts under one code are joined, at the place of the first.
  public static final class Builder {
    private static final int TYPICAL = 20;

    private byte[] data = new byte[256];
    private int used;
    private int[] parts = new int[TYPICAL];
    private int count;

    /// Makes room for a value and returns where it begins.
    private int part(int code, int length) {
      if (used + length > MAX_BYTES) {
        throw new IllegalArgumentException("options of more than " + MAX_BYTES + " bytes");
      }
      if (used + length > data.length) {
        data = Arrays.copyOf(data, Math.max(data.length * 2, used + length));
      }
      if (count == parts.length) {
        parts = Arrays.copyOf(parts, count * 2);
      }
      int at = used;
      parts[count++] = code << 24 | at << OFFSET_BITS | length;
      used += length;
      return at;
    }

    /// Adds a part of a datagram.
    ///
    /// @throws IllegalArgumentException when all values together are longer than 4095 bytes
    Builder put(int code, Bytes source, int from, int length) {
      int at = part(code, length);
      source.copyTo(from, length, data, at);
      return this;
    }

    /// Adds a value.
    public Builder put(int code, Bytes value) {
      return put(code, value, 0, value.size());
    }

    /// Adds two bytes in network order.
    public Builder put16(int code, int value) {
      int at = part(code, 2);
      data[at] = (byte) (value >>> 8);
      data[at + 1] = (byte) value;
      return this;
    }

    /// Adds four bytes in network order.
    public Builder put32(int code, int value) {
      int at = part(code, 4);
      data[at] = (byte) (value >>> 24);
      data[at + 1] = (byte) (value >>> 16);
      data[at + 2] = (byte) (value >>> 8);
      data[at + 3] = (byte) value;
      return this;
    }

    /// Adds an address.
    public Builder put(int code, Ip4 address) {
      return put32(code, address.bits());
    }

    /// Adds a list of addresses; nothing when it is empty.
    public Builder put(int code, List<Ip4> addresses) {
      addresses.forEach(address -> put32(code, address.bits()));
      return this;
    }

    /// Adds ASCII text.
    public Builder put(int code, String text) {
      return put(code, Bytes.of(text, StandardCharsets.US_ASCII));
    }

    /// The options so far.
    public DhcpOptions build() {
      return hasRepeats()
          ? joined()
          : new DhcpOptions(Arrays.copyOf(data, used), Arrays.copyOf(parts, count), count);
    }

    private boolean hasRepeats() {
      for (int i = 1; i < count; i++) {
        for (int j = 0; j < i; j++) {
          if (codeOf(parts[i]) == codeOf(parts[j])) {
            return true;
          }
        }
      }
      return false;
    }

    private DhcpOptions joined() {
      byte[] whole = new byte[used];
      int[] entries = new int[count];
      boolean[] seen = new boolean[256];
      int at = 0;
      int distinct = 0;
      for (int i = 0; i < count; i++) {
        int code = codeOf(parts[i]);
        if (seen[code]) {
          continue;
        }
        seen[code] = true;
        int start = at;
        for (int j = i; j < count; j++) {
          if (codeOf(parts[j]) == code) {
            System.arraycopy(data, offsetOf(parts[j]), whole, at, lengthOf(parts[j]));
            at += lengthOf(parts[j]);
          }
        }
        entries[distinct++] = code << 24 | start << OFFSET_BITS | (at - start);
      }
      return new DhcpOptions(whole, Arrays.copyOf(entries, distinct), distinct);
    }
  }
}
