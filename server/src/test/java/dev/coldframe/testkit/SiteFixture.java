package dev.coldframe.testkit;

import dev.coldframe.store.image.ImageRefused;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A config file with everything that it names, on disk: a Pi 4, geranium, that boots a complete
/// set of files out of tftp-root/. Tests change it before they run commands on it.
public final class SiteFixture {
  /// What a Pi 4 needs.
  public static final List<String> PI_4 =
      List.of("start4.elf", "fixup4.dat", "kernel8.img", "bcm2711-rpi-4-b.dtb");

  private final Path folder;
  private final List<String> more = new ArrayList<>();
  private final Map<String, String> profiles = new LinkedHashMap<>();
  private final Map<String, String> nodes = new LinkedHashMap<>();

  public SiteFixture(Path folder) throws IOException {
    this.folder = folder;
    profiles.put("pi", "boot: files");
    node("geranium", "serial: 10000000a2ef5644, address: 192.168.0.20, profile: pi");
    for (String path : PI_4) {
      file(path, Images.bytes(path.length(), 500));
    }
    file("config.txt", Images.text("arm_64bit=1\n"));
    file("cmdline.txt", Images.text("console=tty1 root=/dev/nfs\n"));
    Files.createDirectories(folder.resolve("templates"));
  }

  /// A key of the file's top level.
  public SiteFixture line(String text) {
    more.add(text);
    return this;
  }

  /// A profile, or another text of one that is there.
  public SiteFixture profile(String name, String fields) {
    profiles.put(name, fields);
    return this;
  }

  /// A node, or another text of one that is there.
  public SiteFixture node(String name, String fields) {
    nodes.put(name, fields);
    return this;
  }

  /// A file below tftp-root.
  public SiteFixture file(String path, byte[] bytes) throws IOException {
    Path file = folder.resolve("tftp-root").resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return this;
  }

  /// A text below tftp-root.
  public SiteFixture file(String path, String text) throws IOException {
    return file(path, Images.text(text));
  }

  /// A file of zeros that takes no room.
  ///
  /// @param path below the site's folder
  public SiteFixture sparse(String path, long sizeBytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(sizeBytes);
    }
    return this;
  }

  /// One file less below tftp-root.
  public SiteFixture without(String path) throws IOException {
    Files.delete(folder.resolve("tftp-root").resolve(path));
    return this;
  }

  /// An image that was imported.
  public SiteFixture image(String name, byte[] disk) throws IOException {
    Path file = Files.write(folder.resolve(name + ".img"), disk);
    try {
      new dev.coldframe.store.image.Images(state())
          .add(
              new dev.coldframe.store.image.Images.Request(file, name, Optional.empty()),
              (_, _, _) -> {});
    } catch (ImageRefused e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /// The state folder; it need not exist.
  public Path state() {
    return folder.resolve("state");
  }

  /// Runs a command on it.
  public Commands.Ran run(String... words) {
    try {
      Path file = Files.writeString(folder.resolve("coldframe.yaml"), text());
      var all = new ArrayList<>(List.of(words));
      all.addAll(List.of("-c", file.toString(), "--state", state().toString()));
      return Commands.run(all.toArray(String[]::new));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String text() {
    var out = new StringBuilder();
    out.append("appliance: { address: 192.168.0.2 }\n");
    out.append("networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]\n");
    out.append("profiles:\n");
    profiles.forEach((name, fields) -> out.append("  " + name + ": { " + fields + " }\n"));
    out.append("nodes:\n");
    nodes.forEach((name, fields) -> out.append("  " + name + ": { " + fields + " }\n"));
    more.forEach(line -> out.append(line).append('\n'));
    return out.toString();
  }
}
