package dev.coldframe.transport.tftp;

import dev.coldframe.net.Ip4;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Clients behind a way that is narrower than the link, such as a tunnel: they took the options and
/// never got a block. Their next transfer is offered smaller blocks. Any thread.
final class PathMtu {
  /// How many clients are remembered; beyond it all are forgotten and tried anew.
  static final int MAX_CLIENTS = 1_024;

  private static final int HEADERS_BYTES = 32;
  private static final int SMALLER_BLOCK_BYTES = 1_024;
  private static final int SMALLEST_BLOCK_BYTES = 512;

  private final Map<Ip4, Integer> known = new ConcurrentHashMap<>();

  /// The largest IP packet that may get through.
  int to(Ip4 client) {
    return known.getOrDefault(client, Integer.MAX_VALUE);
  }

  /// Blocks of that size did not get through.
  void tooWide(Ip4 client, int blockSizeBytes) {
    if (blockSizeBytes <= SMALLEST_BLOCK_BYTES) {
      return;
    }
    if (known.size() >= MAX_CLIENTS) {
      known.clear();
    }
    int next = blockSizeBytes > SMALLER_BLOCK_BYTES ? SMALLER_BLOCK_BYTES : SMALLEST_BLOCK_BYTES;
    known.put(client, next + HEADERS_BYTES);
  }
}
