package dev.coldframe.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/// The checksums of a database that was closed. SQLite keeps none of its pages, so that a bit that
/// flips in a value while no server runs would be believed: another address, another time.
///
/// They lie beside it, as `leases.db-sums`, from the moment it is closed until it is opened again.
/// After a kill there are none, and only the structure is looked at. The same where the file was
/// written since, by another program or an older one of ours: a bit that flips leaves its time
/// alone.
///
/// ```
///   "CFS2"  size of the database (8)  when it was written, in ns (8)  a checksum (4) for each 4096 bytes of it …  checksum of these (4)
/// ```
///
/// @param database the database file
record PageSums(Path database) {
  private static final int MAGIC = 0x43465332;
  private static final int BLOCK = 4096;
  private static final int SIZE = 4;
  private static final int WRITTEN = 12;
  private static final int HEAD = 20;
  private static final int SUM = 4;

  private Path file() {
    return database.resolveSibling(database.getFileName() + "-sums");
  }

  /// Writes them; the database is closed and everything is in its one file.
  void write() throws IOException {
    PrivateFile.write(file(), of(Files.readAllBytes(database), written()).array());
  }

  private long written() throws IOException {
    return Files.getLastModifiedTime(database).to(TimeUnit.NANOSECONDS);
  }

  /// Removes them, because the database is about to change. That it does begins with a new log
  /// beside it, and with that name SQLite flushes the folder.
  void drop() throws IOException {
    Files.deleteIfExists(file());
  }

  /// Where the database differs from what was closed; empty when it does not, or nothing is known.
  Optional<String> difference() throws IOException {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    ByteBuffer then = ByteBuffer.wrap(Files.readAllBytes(file()));
    int sums = then.limit() - SUM;
    if (sums < HEAD || then.getInt(0) != MAGIC || then.getInt(sums) != sum(then.array(), 0, sums)) {
      return Optional.empty();
    }
    if (then.getLong(WRITTEN) != written()) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(database);
    ByteBuffer now = of(bytes, then.getLong(WRITTEN));
    for (int at = HEAD; at < Math.min(sums, now.limit() - SUM); at += SUM) {
      if (now.getInt(at) != then.getInt(at)) {
        long from = (long) (at - HEAD) / SUM * BLOCK;
        long to = Math.min(from + BLOCK, bytes.length);
        return Optional.of("bytes " + from + " to " + (to - 1) + " are not what was written");
      }
    }
    return now.getLong(SIZE) == then.getLong(SIZE)
        ? Optional.empty()
        : Optional.of("it has " + bytes.length + " bytes, and had " + then.getLong(SIZE));
  }

  private static ByteBuffer of(byte[] bytes, long written) {
    int blocks = (bytes.length + BLOCK - 1) / BLOCK;
    ByteBuffer out = ByteBuffer.allocate(HEAD + blocks * SUM + SUM);
    out.putInt(MAGIC).putLong(bytes.length).putLong(written);
    for (int at = 0; at < bytes.length; at += BLOCK) {
      out.putInt(sum(bytes, at, Math.min(BLOCK, bytes.length - at)));
    }
    return out.putInt(sum(out.array(), 0, out.position()));
  }

  private static int sum(byte[] bytes, int from, int length) {
    var sum = new CRC32C();
    sum.update(bytes, from, length);
    return (int) sum.getValue();
  }
}
