package dev.coldframe.bench.peers;

import dev.coldframe.net.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One transfer as a reader sees it (RFC 1350, 2347, 2348, 7440): what it answers to each packet.
final class TftpReading {
  private static final int DATA = 3;
  private static final int ERROR = 5;
  private static final int OACK = 6;
  private static final int BLOCKS = 0xffff;
  private static final int PLAIN_BLOCK = 512;

  private final int wantedBytes;
  private final int wantedWindow;
  private int blockBytes = PLAIN_BLOCK;
  private int window = 1;
  private long expected = 1;
  private int inWindow;

  /// Whether the last block that came in order was followed by one that was not.
  private boolean gap;

  /// What a packet brings about.
  ///
  /// @param answer what is sent; empty: nothing
  /// @param bytes of the file that came with it
  /// @param duplicate whether it had come before
  /// @param done whether the transfer is over
  record Step(Bytes answer, int bytes, boolean duplicate, boolean done) {}

  private static final Step IGNORED = new Step(Bytes.EMPTY, 0, false, false);

  TftpReading(int blockBytes, int window) {
    wantedBytes = blockBytes;
    wantedWindow = window;
  }

  /// The read request.
  Bytes request(String file) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0, 1});
    text(out, file, "octet", "tsize", "0", "blksize", Integer.toString(wantedBytes));
    if (wantedWindow > 1) {
      text(out, "windowsize", Integer.toString(wantedWindow));
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static void text(ByteArrayOutputStream out, String... words) {
    for (String word : words) {
      out.writeBytes(word.getBytes(StandardCharsets.US_ASCII));
      out.write(0);
    }
  }

  /// @throws IllegalStateException when the server breaks off
  Step take(ByteBuffer packet) {
    return switch (packet.remaining() < 4 ? 0 : packet.getShort(packet.position())) {
      case DATA -> block(packet.getShort(packet.position() + 2) & BLOCKS, packet.remaining() - 4);
      case OACK -> options(packet);
      case ERROR -> {
        if (packet.getShort(packet.position() + 2) != 1) {
          throw new IllegalStateException(
              "the server broke off, error " + packet.getShort(packet.position() + 2));
        }
        yield new Step(Bytes.EMPTY, 0, false, true);
      }
      default -> IGNORED;
    };
  }

  private Step options(ByteBuffer packet) {
    if (expected > 1) {
      return IGNORED;
    }
    String[] words =
        StandardCharsets.US_ASCII
            .decode(packet.slice(packet.position() + 2, packet.remaining() - 2))
            .toString()
            .split("\0", -1);
    for (int i = 0; i + 1 < words.length; i += 2) {
      switch (words[i]) {
        case "blksize" -> blockBytes = Integer.parseInt(words[i + 1]);
        case "windowsize" -> window = Integer.parseInt(words[i + 1]);
        default -> {}
      }
    }
    return new Step(ack(), 0, false, false);
  }

  private Step block(int number, int bytes) {
    if (number != (expected & BLOCKS)) {
      boolean behind = ((expected - 1 - number) & BLOCKS) < BLOCKS / 2;
      boolean answers = behind ? window == 1 : !gap;
      gap |= !behind;
      inWindow = answers ? 0 : inWindow;
      return new Step(answers ? ack() : Bytes.EMPTY, 0, behind, false);
    }
    gap = false;
    expected++;
    inWindow++;
    boolean done = bytes < blockBytes;
    boolean answers = done || inWindow >= window;
    inWindow = answers ? 0 : inWindow;
    return new Step(answers ? ack() : Bytes.EMPTY, bytes, false, done);
  }

  /// Of the last block in order.
  private Bytes ack() {
    int number = (int) (expected - 1);
    return Bytes.of(0, 4, number >>> 8 & 255, number & 255);
  }
}
