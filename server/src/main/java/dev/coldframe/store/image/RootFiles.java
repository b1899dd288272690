package dev.coldframe.store.image;

import dev.coldframe.net.ByteRange;
import dev.coldframe.node.ImageFacts.Family;
import dev.coldframe.store.image.BootFiles.BootFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an image has in its ext4 root that a PC is booted with: images for PCs and clouds keep
/// kernel and initramfs in `/boot` there, not in a FAT volume. `debugfs` of e2fsprogs reads the
/// file system; nothing is mounted and nothing is copied, for what counts is where the bytes lie.
///
/// @param files the newest kernel that has an initramfs, and that; none when there is no such pair
/// @param family which system it calls itself
/// @param name what it calls itself, one line; may be empty
/// @param cloudInit whether it has cloud-init
record RootFiles(List<BootFile> files, Family family, String name, boolean cloudInit) {
  /// `/inode/mode/uid/gid/name/size/`, a regular file, with a name that needs no quotes.
  private static final Pattern LISTED =
      Pattern.compile("/\\d+/100\\d{3}/\\d+/\\d+/([A-Za-z0-9._+~-]+)/(\\d{1,15})/");

  /// A leaf of a file's extent tree: first and last logical block, first physical block, flags.
  private static final Pattern EXTENT =
      Pattern.compile(
          "(?m)^\\s*\\d+/\\s*\\d+\\s+\\d+/\\s*\\d+\\s+(\\d{1,12})\\s*-\\s*(\\d{1,12})"
              + "\\s+(\\d{1,12})\\s*-\\s*\\d{1,12}\\s+\\d{1,12}[ \\t]*(\\S*)$");

  private static final Pattern BLOCK_SIZE = Pattern.compile("(?m)^Block size:\\s+(\\d{1,6})$");
  private static final Pattern RELEASE =
      Pattern.compile("(?m)^(ID|PRETTY_NAME)=\"?([^\"\\n]*)\"?$");
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final String KERNEL = "vmlinuz-";
  private static final List<String> INITRAMFS = List.of("initrd.img-", "initrd-", "initramfs-");
  private static final int MAX_NAME_CHARS = 120;
  private static final long LIMIT_SECONDS = 60;

  /// What it answers is not longer: a line for each extent of a file, or a text.
  private static final int MAX_ANSWER_BYTES = 4 << 20;

  RootFiles {
    files = List.copyOf(files);
  }

  /// Looks.
  ///
  /// @param image the image
  /// @param root where its root file system lies
  /// @param debugfs the program
  /// @return empty when it cannot be read
  static Optional<RootFiles> in(Path image, ByteRange root, Path debugfs) throws IOException {
    var volume = new Volume(debugfs.toString(), image + "?offset=" + root.first());
    Matcher blockSize = BLOCK_SIZE.matcher(volume.ask("show_super_stats -h"));
    if (!blockSize.find()) {
      return Optional.empty();
    }
    var sizes = new TreeMap<String, Long>();
    Matcher listed = LISTED.matcher(volume.ask("ls -p /boot"));
    while (listed.find()) {
      sizes.put(listed.group(1), Long.parseLong(listed.group(2)));
    }
    var files = new ArrayList<BootFile>();
    for (String name : newestPair(List.copyOf(sizes.keySet()))) {
      String path = "boot/" + name;
      long bytes = sizes.getOrDefault(name, 0L);
      String extents = volume.ask("dump_extents -l /" + path);
      runs(extents, Long.parseLong(blockSize.group(1)), bytes, root)
          .ifPresent(runs -> files.add(new BootFile(path, bytes, runs)));
    }
    var release = new TreeMap<String, String>();
    Matcher line = RELEASE.matcher(volume.ask("cat /usr/lib/os-release"));
    while (line.find()) {
      release.put(line.group(1), line.group(2));
    }
    return Optional.of(
        new RootFiles(
            files.size() == 2 ? files : List.of(),
            family(release.getOrDefault("ID", "")),
            printable(release.getOrDefault("PRETTY_NAME", "")),
            volume.ask("stat /usr/bin/cloud-init").contains("Type: regular")));
  }

  /// The program that looks; empty where e2fsprogs is not installed. It lies where only root's
  /// search path leads.
  ///
  /// @param folders where programs lie, in order
  static Optional<Path> program(List<Path> folders) {
    return folders.stream()
        .map(folder -> folder.resolve("debugfs"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// The newest kernel that has an initramfs, and that; empty when there is none.
  ///
  /// @param names of files in `/boot`
  static List<String> newestPair(List<String> names) {
    return names.stream()
        .filter(name -> name.startsWith(KERNEL))
        .sorted(Comparator.comparing(RootFiles::sortedByVersion).reversed())
        .flatMap(kernel -> {
          String version = kernel.substring(KERNEL.length());
          return INITRAMFS.stream()
              .map(start -> start + version)
              .filter(names::contains)
              .map(initramfs -> List.of(kernel, initramfs))
              .limit(1);
        })
        .findFirst()
        .orElse(List.of());
  }

  /// Numbers in it sort as numbers.
  private static String sortedByVersion(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(m -> "0".repeat(Math.max(0, 20 - m.group().length())) + m.group());
  }

  /// Where a file's bytes lie in the image; empty when a part of it is not on the disk, or its
  /// blocks are listed in the way of an older file system.
  ///
  /// @param extents the leaves of its extent tree
  private static Optional<List<ByteRange>> runs(
      String extents, long blockBytes, long sizeBytes, ByteRange root) {
    var out = new ArrayList<ByteRange>();
    long at = 0;
    Matcher extent = EXTENT.matcher(extents);
    while (at * blockBytes < sizeBytes && extent.find()) {
      long first = Long.parseLong(extent.group(1));
      long last = Long.parseLong(extent.group(2));
      if (first != at || last < first || !extent.group(4).isEmpty()) {
        return Optional.empty();
      }
      long length = Math.min((last - first + 1) * blockBytes, sizeBytes - at * blockBytes);
      var run = new ByteRange(root.first() + Long.parseLong(extent.group(3)) * blockBytes, length);
      if (run.last() > root.last()) {
        return Optional.empty();
      }
      out.add(run);
      at = last + 1;
    }
    return at * blockBytes < sizeBytes ? Optional.empty() : Optional.of(out);
  }

  private static Family family(String id) {
    return switch (id) {
      case "debian" -> Family.DEBIAN;
      case "ubuntu" -> Family.UBUNTU;
      default -> Family.UNKNOWN;
    };
  }

  private static String printable(String name) {
    String plain = name.replaceAll("[^ -~]", "?").strip();
    return plain.substring(0, Math.min(plain.length(), MAX_NAME_CHARS));
  }

  /// The file system as `debugfs` names it.
  private record Volume(String program, String device) {
    /// What it answers; empty when there is no such file.
    String ask(String request) throws IOException {
      Process process =
          new ProcessBuilder(program, "-c", "-R", request, device)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var late = CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS);
      late.execute(process::destroyForcibly);
      try (var answer = process.getInputStream()) {
        byte[] bytes = answer.readNBytes(MAX_ANSWER_BYTES + 1);
        if (bytes.length > MAX_ANSWER_BYTES) {
          throw new IOException("debugfs answers '" + request + "' without an end");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
