package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// An option acknowledgement (RFC 2347) as a Pi reads it.
///
/// @param sizeBytes the file's size, -1 when it was not told
/// @param blockBytes the block size, 512 when it was not told
record Oack(long sizeBytes, int blockBytes) {
  private static final int MAX_DIGITS = 15;
  private static final int MIN_BLOCK = 8;

  /// Reads it.
  ///
  /// @param packet the whole packet
  /// @param asked who asked
  /// @throws BootFailure when it is not well-formed or says what was not asked
  static Oack read(Bytes packet, TftpClient asked, String path) throws BootFailure {
    Map<String, String> options = options(packet, path);
    long size = -1;
    int block = Transfer.PLAIN_BLOCK;
    for (Map.Entry<String, String> option : options.entrySet()) {
      String value = option.getValue();
      if (option.getKey().equals("tsize") && asked.asksSize()) {
        size = number(value, option.getKey(), path);
      } else if (option.getKey().equals("blksize") && asked.asksBlockSize()) {
        block = (int) Math.min(number(value, option.getKey(), path), Integer.MAX_VALUE);
      } else {
        throw bad(path, "option " + option.getKey() + " was not asked for");
      }
    }
    if (block < MIN_BLOCK || block > Math.max(asked.blockBytes(), Transfer.PLAIN_BLOCK)) {
      throw bad(path, "blksize " + block + ", asked were " + asked.blockBytes());
    }
    return new Oack(size, block);
  }

  private static Map<String, String> options(Bytes packet, String path) throws BootFailure {
    String text = packet.slice(2, packet.size()).text(StandardCharsets.ISO_8859_1);
    String[] parts = text.split("\0", -1);
    // A terminated list ends in one empty part.
    boolean terminated = parts[parts.length - 1].isEmpty() && parts.length % 2 == 1;
    if (!terminated || parts.length == 1) {
      throw bad(path, "it is not a list of names and values");
    }
    var out = new HashMap<String, String>();
    for (int i = 0; i + 1 < parts.length; i += 2) {
      if (out.putIfAbsent(parts[i].toLowerCase(Locale.ROOT), parts[i + 1]) != null) {
        throw bad(path, parts[i] + " is there twice");
      }
    }
    return out;
  }

  private static long number(String value, String name, String path) throws BootFailure {
    if (value.isEmpty()
        || value.length() > MAX_DIGITS
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw bad(path, name + " is '" + value + "'");
    }
    return Long.parseLong(value);
  }

  private static BootFailure bad(String path, String why) {
    return new BootFailure("BAD OACK for " + path + ": " + why);
  }
}
