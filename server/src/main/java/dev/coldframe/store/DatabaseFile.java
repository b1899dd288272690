package dev.coldframe.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the first bytes of a database file say of the rest of it (SQLite, fileformat2.html, section
/// 1.3). SQLite itself tells of a file that was cut only that it is malformed.
final class DatabaseFile {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;
  private static final int PAGE_SIZE = 16;
  private static final int CHANGES = 24;
  private static final int PAGES = 28;
  private static final int CHANGES_THEN = 92;
  private static final int SMALLEST_PAGE = 512;
  private static final int LARGEST_PAGE = 65_536;

  private DatabaseFile() {}

  /// What is wrong, and at which byte; empty when nothing is. Means something only where everything
  /// is in the file and nothing in a log beside it.
  ///
  /// @param file is not empty
  static Optional<String> defect(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    long size;
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      size = channel.size();
      while (header.hasRemaining() && channel.read(header) >= 0) {
        // Until it is full.
      }
    }
    ByteBuffer magic = header.duplicate().flip();
    if (magic.remaining() < MAGIC.length
        || !magic.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      return Optional.of("its first bytes are not those of one: it is not a database");
    }
    if (size < HEADER) {
      return Optional.of("it ends at byte " + size + ", within its header");
    }
    int page = pageSize(header);
    if (Integer.bitCount(page) != 1 || page < SMALLEST_PAGE || page > LARGEST_PAGE) {
      return Optional.of("bytes 16 to 17 tell no size of a page");
    }
    if (size % page != 0) {
      return Optional.of("it ends at byte " + size + ", in the middle of a page");
    }
    // Written by a program that does not know the field, it holds nothing.
    long pages = Integer.toUnsignedLong(header.getInt(PAGES));
    boolean told = pages > 0 && header.getInt(CHANGES) == header.getInt(CHANGES_THEN);
    return told && pages > size / page
        ? Optional.of("it ends at byte " + size + ", and had " + pages * page + " bytes")
        : Optional.empty();
  }

  /// 65536 does not fit.
  private static int pageSize(ByteBuffer header) {
    int told = Short.toUnsignedInt(header.getShort(PAGE_SIZE));
    return told == 1 ? LARGEST_PAGE : told;
  }
}
