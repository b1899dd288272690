package dev.coldframe.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// What lies behind the last whole transaction of a write-ahead log. SQLite itself takes all that
/// comes before the first frame whose checksum is wrong and silently drops the rest, whether that
/// was never finished or was damaged later; here the two are told apart.
///
/// A log is a header of 32 bytes and frames of 24 bytes and a page. Each frame repeats the header's
/// two salts, holds a checksum over all frames so far, and, where it ends a transaction, the size
/// of the database (SQLite, fileformat2.html, section 4). Frames with other salts are left from an
/// earlier use of the file; they mean nothing.
///
/// Only the last transaction may be torn: each one is on disk before the next begins (synchronous
/// FULL), and before it is acknowledged. So where another transaction ends behind the broken one,
/// the log was damaged after it was written.
sealed interface WalTail {
  /// There is none.
  record Whole() implements WalTail {}

  /// The last transaction was not finished, so nobody was told that it was.
  ///
  /// @param at where it begins, in bytes from the start of the log
  /// @param bytes how many there are of it
  record Torn(long at, long bytes) implements WalTail {}

  /// What was finished cannot be read any more.
  ///
  /// @param at where the damaged frame, or the header, begins, in bytes from the start of the log
  record Damaged(long at) implements WalTail {}

  /// Looks at a log that nobody writes to.
  ///
  /// @param log is read, from its start
  static WalTail of(SeekableByteChannel log) throws IOException {
    return new Reader(log).tail();
  }

  /// Looks at the log of a database that no server writes to; where there is none, it is whole.
  ///
  /// @throws StoreException when it cannot be read
  static WalTail of(Path log) {
    if (!Files.exists(log)) {
      return new Whole();
    }
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      return of(channel);
    } catch (IOException e) {
      throw new StoreException("the log " + log + " cannot be read", e);
    }
  }

  /// Goes through a log once.
  final class Reader {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int SMALLEST_PAGE = 512;
    private static final int LARGEST_PAGE = 65_536;

    /// The lowest bit tells in which order the checksums take bytes.
    private static final int MAGIC = 0x377f0682;

    private static final int FORMAT = 3_007_000;

    private final SeekableByteChannel log;
    private final long size;
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private long salts;
    private int sum1;
    private int sum2;

    private Reader(SeekableByteChannel log) throws IOException {
      this.log = log;
      this.size = log.size();
    }

    private WalTail tail() throws IOException {
      if (size == 0) {
        return new Whole();
      }
      ByteBuffer header = read(0, HEADER);
      if (!isHeader(header)) {
        // It is written and flushed before the first frame is.
        boolean hasFrames = size >= HEADER + FRAME_HEADER + SMALLEST_PAGE;
        return hasFrames ? new Damaged(0) : new Torn(0, size);
      }
      return frames(FRAME_HEADER + header.getInt(8));
    }

    private boolean isHeader(ByteBuffer header) {
      if (header.limit() < HEADER || (header.getInt(0) | 1) != (MAGIC | 1)) {
        return false;
      }
      order = header.getInt(0) == MAGIC ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      salts = header.getLong(16);
      int page = header.getInt(8);
      add(header, 0, 24);
      return header.getInt(4) == FORMAT
          && page >= SMALLEST_PAGE
          && page <= LARGEST_PAGE
          && Integer.bitCount(page) == 1
          && isSum(header, 24);
    }

    /// @param length of a frame
    private WalTail frames(int length) throws IOException {
      long whole = HEADER;
      for (long at = HEADER; at < size; at += length) {
        ByteBuffer frame = read(at, length);
        boolean follows = follows(frame, length);
        if (!follows || frame.getLong(8) != salts) {
          return behind(whole, at, length, follows);
        }
        if (endsTransaction(frame)) {
          whole = at + length;
        }
      }
      return whole == size ? new Whole() : new Torn(whole, size - whole);
    }

    /// @param whole where the last whole transaction ends
    /// @param broken the first frame that does not go on from there
    /// @param follows whether it does but for its salts
    private WalTail behind(long whole, long broken, int length, boolean follows)
        throws IOException {
      long end = broken;
      boolean ended = false;
      for (long at = broken; at < size; at += length) {
        ByteBuffer frame = read(at, length);
        boolean first = at == broken;
        boolean ours = (first && follows) || isOfThisUse(frame, first);
        if (!ours) {
          continue;
        }
        end = at + frame.limit();
        if (frame.limit() == length && endsTransaction(frame)) {
          if (ended) {
            return new Damaged(broken);
          }
          ended = true;
        }
      }
      return end == whole ? new Whole() : new Torn(whole, end - whole);
    }

    /// Where a file ends within a frame's first bytes, right behind good ones, it was cut there.
    private boolean isOfThisUse(ByteBuffer frame, boolean first) {
      return frame.limit() >= 16 ? frame.getLong(8) == salts : first;
    }

    private static boolean endsTransaction(ByteBuffer frame) {
      return frame.getInt(4) != 0;
    }

    /// Whether its checksum goes on from the frame before.
    private boolean follows(ByteBuffer frame, int length) {
      if (frame.limit() < length || frame.getInt(0) == 0) {
        return false;
      }
      add(frame, 0, 8);
      add(frame, FRAME_HEADER, length);
      return isSum(frame, 16);
    }

    private boolean isSum(ByteBuffer bytes, int at) {
      return bytes.getInt(at) == sum1 && bytes.getInt(at + 4) == sum2;
    }

    private void add(ByteBuffer bytes, int from, int to) {
      ByteBuffer words = bytes.duplicate().order(order);
      for (int at = from; at < to; at += 8) {
        sum1 += words.getInt(at) + sum2;
        sum2 += words.getInt(at + 4) + sum1;
      }
    }

    /// As much of it as there is.
    private ByteBuffer read(long at, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, size - at));
      log.position(at);
      while (bytes.hasRemaining() && log.read(bytes) >= 0) {
        // Until it is full.
      }
      return bytes.flip();
    }
  }
}
