package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The files of a lease store as a crash leaves them, to be cut and damaged.
final class StoreFaults {
  private final byte[] database;
  private final byte[] log;

  /// @param database the bytes of `leases.db`
  /// @param log the bytes of `leases.db-wal`
  StoreFaults(byte[] database, byte[] log) {
    this.database = database.clone();
    this.log = log.clone();
  }

  byte[] database() {
    return database.clone();
  }

  byte[] log() {
    return log.clone();
  }

  static Lease lease(int n) {
    return new Lease(
        Ip4.parse("10.0.0.0").plus(n),
        new MacAddress(0xdca6_3200_0000L + n),
        Optional.of(Bytes.of(1, n >> 8, n & 255)),
        Optional.empty(),
        T0.plusSeconds(n),
        Lease.State.ACTIVE);
  }

  static List<Lease> leases(int from, int to) {
    return IntStream.range(from, to).mapToObj(StoreFaults::lease).toList();
  }

  /// What lies there now.
  static StoreFaults of(Path folder) {
    try {
      Path log = Database.leases(folder).log();
      return new StoreFaults(
          Files.readAllBytes(folder.resolve("leases.db")),
          Files.exists(log) ? Files.readAllBytes(log) : new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  StoreFaults cutAt(int length) {
    return new StoreFaults(database, Arrays.copyOf(log, length));
  }

  StoreFaults withLogBit(int at, int bit) {
    return new StoreFaults(database, flipped(log, at, bit));
  }

  StoreFaults withDatabaseBit(int at, int bit) {
    return new StoreFaults(flipped(database, at, bit), log);
  }

  private static byte[] flipped(byte[] bytes, int at, int bit) {
    byte[] out = bytes.clone();
    out[at] ^= (byte) (1 << bit);
    return out;
  }

  /// Lays them into a folder instead of what is there.
  Path into(Path folder) {
    try {
      Files.createDirectories(folder);
      for (String rest : List.of("leases.db-shm", "leases.db-wal", "leases.db-sums")) {
        Files.deleteIfExists(folder.resolve(rest));
      }
      Files.write(folder.resolve("leases.db"), database);
      if (log.length > 0) {
        Files.write(folder.resolve("leases.db-wal"), log);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
