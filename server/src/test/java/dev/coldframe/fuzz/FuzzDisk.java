package dev.coldframe.fuzz;

import dev.coldframe.disk.ByteSource;
import java.util.Arrays;

/// A disk of some size that begins with the bytes of the fuzzer and is empty behind them. Reading
/// outside is a finding.
final class FuzzDisk implements ByteSource {
  private final byte[] head;
  private final long sizeBytes;

  FuzzDisk(byte[] head, long sizeBytes) {
    this.head = head.clone();
    this.sizeBytes = sizeBytes;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) {
    if (position < 0 || length < 0 || position > sizeBytes - length) {
      throw new AssertionError("read outside: " + length + " bytes at " + position);
    }
    Arrays.fill(target, offset, offset + length, (byte) 0);
    if (position < head.length) {
      int count = Math.min(length, head.length - (int) position);
      System.arraycopy(head, (int) position, target, offset, count);
    }
  }

  /// Where the zeros at the end begin.
  static int lastUsed(byte[] image) {
    int end = image.length;
    while (end > 0 && image[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
