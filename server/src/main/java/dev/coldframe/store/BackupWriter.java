package dev.coldframe.store;

import com.github.luben.zstd.ZstdOutputStream;
import dev.coldframe.store.BackupManifest.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Writes everything that a state folder remembers into one file, whether a server runs with it or
/// not: a tar archive in zstd, mode 0600, with its manifest at the end. It holds the site's key, so
/// whoever can read it has the nodes' secrets.
///
/// Each database is copied in one read transaction of SQLite (`VACUUM INTO`). All other files are
/// replaced whole by whoever changes them, or only grow.
public final class BackupWriter {
  private static final int COPY_BYTES = 1 << 16;
  private static final int OWNER_ONLY = 0600;

  /// What a server makes anew, and what only means something while it runs. Names that begin with a
  /// dot are those of files that are not done yet.
  private static final Set<String> NOT_KEPT = Set.of("lock", "coldframe.sock", "scratch", "native");

  private final Path state;
  private final Path work;
  private final TarArchiveOutputStream tar;
  private final Map<String, Content> written = new TreeMap<>();

  private BackupWriter(Path state, Path work, TarArchiveOutputStream tar) {
    this.state = state;
    this.work = work;
    this.tar = tar;
  }

  /// Makes a backup. Blocks for as long as that takes.
  ///
  /// @param out must not exist
  /// @throws BackupRefused when it does, there is nothing to save, or a store is damaged
  /// @throws IOException when something cannot be read or written; there is no `out` then
  public static BackupManifest write(
      Path state, Path out, boolean images, String version, Instant now)
      throws IOException, BackupRefused {
    if (!Files.exists(state.resolve("leases.db"))) {
      throw new BackupRefused("there is nothing in " + state + "; no server has run with it");
    }
    requireNew(out);
    requireSound(state);
    Path folder = PrivateFile.folderOf(out);
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    Path work = Files.createTempDirectory(folder, ".coldframe-backup-");
    try {
      Path part = work.resolve("part");
      BackupManifest manifest = write(state, work, part, images, version, now);
      requireNew(out);
      Files.move(part, out);
      PrivateFile.settle(folder);
      return manifest;
    } finally {
      Trees.delete(work);
    }
  }

  private static void requireSound(Path state) throws BackupRefused {
    Optional<String> leases = LeaseStores.found(state);
    if (leases.isPresent()) {
      throw new BackupRefused("the lease store is damaged: " + leases.get());
    }
    Optional<String> journal = Journals.found(state);
    if (journal.isPresent()) {
      throw new BackupRefused("the journal is damaged: " + journal.get());
    }
  }

  private static void requireNew(Path out) throws BackupRefused {
    if (Files.exists(out, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      throw new BackupRefused(out + " is there already; name another file");
    }
  }

  private static BackupManifest write(
      Path state, Path work, Path part, boolean images, String version, Instant now)
      throws IOException {
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    BackupManifest manifest;
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(part), COPY_BYTES);
        OutputStream zstd = new ZstdOutputStream(file).setChecksum(true);
        var tar = new TarArchiveOutputStream(zstd, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      var writer = new BackupWriter(state, work, tar);
      writer.databases();
      writer.files(images);
      manifest = new BackupManifest(now, version, images, writer.written);
      writer.entry(
          BackupManifest.NAME,
          manifest.json().getBytes(StandardCharsets.UTF_8),
          now.toEpochMilli());
    }
    PrivateFile.settle(part);
    return manifest;
  }

  /// First what nodes are, then what happened to them.
  private void databases() throws IOException {
    for (Database database : List.of(Database.leases(state), Database.journal(state))) {
      if (Files.exists(database.file())) {
        String name = String.valueOf(database.file().getFileName());
        Path copy = work.resolve(name);
        database.copyTo(copy);
        file(name, copy);
        Files.delete(copy);
      }
    }
  }

  private void files(boolean images) throws IOException {
    var all = new TreeSet<Path>();
    Files.walkFileTree(
        state,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return folder.equals(state) || isKept(folder, images)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isKept(file, images)) {
              all.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return unlessGone(e);
          }
        });
    for (Path path : all) {
      try {
        file(state.relativize(path).toString(), path);
      } catch (NoSuchFileException e) {
        var _ = unlessGone(e);
      }
    }
  }

  /// A server that runs forgets nodes and cuts logs meanwhile.
  private static FileVisitResult unlessGone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  private boolean isKept(Path path, boolean images) {
    Path inside = state.relativize(path);
    String top = inside.getName(0).toString();
    return !String.valueOf(inside.getFileName()).startsWith(".")
        && !NOT_KEPT.contains(top)
        && !top.startsWith("leases.db")
        && !top.startsWith("journal.db")
        && (images || !top.equals("images"))
        && !inside.equals(Path.of("images", "lock"));
  }

  private void file(String name, Path from) throws IOException {
    try (FileChannel channel = FileChannel.open(from, StandardOpenOption.READ);
        InputStream in = Channels.newInputStream(channel)) {
      long size = channel.size();
      begin(BackupManifest.FILES + name, size, Files.getLastModifiedTime(from).toMillis());
      MessageDigest digest = sha256();
      byte[] buffer = new byte[COPY_BYTES];
      for (long left = size; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException(from + " became shorter while it was read; try again");
        }
        digest.update(buffer, 0, read);
        tar.write(buffer, 0, read);
        left -= read;
      }
      tar.closeArchiveEntry();
      written.put(name, new Content(size, HexFormat.of().formatHex(digest.digest())));
    }
  }

  private void entry(String name, byte[] content, long time) throws IOException {
    begin(name, content.length, time);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void begin(String name, long size, long time) throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(OWNER_ONLY);
    entry.setModTime(time);
    tar.putArchiveEntry(entry);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
