package dev.coldframe.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A disk after an install and before its first boot, beside the image.
final class WrittenDisk {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int MARK_AT = (1 << 20) - 4096;
  private static final int BLOCK_BYTES = 4096;

  private final Path disk;
  private final Path work;
  private final Path image;
  private final long root;

  WrittenDisk(Path disk, Path work) {
    this(disk, work, LabImage.RAW, LabImage.ROOT_OFFSET);
  }

  /// One that holds another image.
  ///
  /// @param root where its root file system starts
  WrittenDisk(Path disk, Path work, Path image, long root) {
    this.disk = disk;
    this.work = work;
    this.image = image;
    this.root = root;
  }

  /// The mark that the installer left.
  String mark() {
    return new String(read(disk, MARK_AT, 512), StandardCharsets.ISO_8859_1);
  }

  /// Blocks before the boot partition that differ from the image, by their offset.
  Set<Long> differencesBeforeTheBootPartition() {
    return differences(0, LabImage.BOOT_OFFSET);
  }

  /// Blocks before the root file system that differ from the image, by their offset.
  Set<Long> differencesBeforeTheRoot() {
    return differences(0, root);
  }

  /// How many blocks of the root file system differ from the image's.
  int differencesInTheRoot() {
    return differences(root, image.toFile().length()).size();
  }

  /// How many bytes behind the image are not zero.
  long bytesBehindTheImage() {
    long count = 0;
    int step = 1 << 20;
    for (long at = image.toFile().length(); at < disk.toFile().length(); at += step) {
      for (byte b : read(disk, at, step)) {
        count += b == 0 ? 0 : 1;
      }
    }
    return count;
  }

  private Set<Long> differences(long from, long to) {
    var out = new TreeSet<Long>();
    int step = 1 << 20;
    for (long at = from; at < to; at += step) {
      byte[] here = read(disk, at, step);
      byte[] there = read(image, at, step);
      for (int i = 0; i < step; i += BLOCK_BYTES) {
        if (!Arrays.equals(here, i, i + BLOCK_BYTES, there, i, i + BLOCK_BYTES)) {
          out.add(at + i);
        }
      }
    }
    return out;
  }

  /// Files of the boot partition that differ from the image's or are not in both.
  Set<String> differencesInTheBootPartition() {
    return differingFiles(bootPartition(disk, "boot-disk"), bootPartition(image, "boot-image"));
  }

  private Path bootPartition(Path from, String name) {
    Path to = folder(name);
    run("mcopy", "-s", "-n", "-i", from + "@@" + LabImage.BOOT_OFFSET, "::/", to.toString());
    return to;
  }

  /// Files below `/usr` that differ from the image's or are not in both, but for Coldframe's own.
  Set<String> differencesBelowUsr() {
    Path here = usr(disk, "usr-disk");
    Path there = usr(image, "usr-image");
    Set<String> all = differingFiles(here, there);
    // Their absolute links would be followed by a warning each when the test's folder goes.
    run("rm", "-rf", here.toString(), there.toString());
    return all.stream()
        .filter(name -> !name.startsWith("coldframe"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Path usr(Path from, String name) {
    Path to = folder(name);
    run("debugfs", "-R", "rdump /usr " + to, from + "?offset=" + root);
    return to;
  }

  /// What e2fsck says of the root file system.
  Command.Result fsck() {
    return Command.run(LIMIT, "e2fsck", "-fn", disk + "?offset=" + root);
  }

  private static Set<String> differingFiles(Path here, Path there) {
    Command.Result diff =
        Command.run(LIMIT, "diff", "-rq", "--no-dereference", here.toString(), there.toString());
    try (Stream<Path> files = Files.walk(here)) {
      if (files.filter(Files::isRegularFile).count() == 0) {
        throw new AssertionError("no files in " + here);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return diff.out()
        .lines()
        .map(line -> line.replaceFirst("^Only in .*: ", "").replaceFirst("^Files (\\S+) .*", "$1"))
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Path folder(String name) {
    try {
      Path folder = work.resolve(name);
      run("rm", "-rf", folder.toString());
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file, long at, int length) {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      var out = new byte[length];
      in.seek(at);
      in.readFully(out);
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String... words) {
    Command.run(LIMIT, words).text();
  }
}
