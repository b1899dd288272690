package dev.coldframe.transport.content;

import dev.coldframe.boot.BootTree;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The templates in force: those that Coldframe ships, each replaced by the file of the same name
/// in the site's folder. Read again when a file changes. Any thread; blocks.
public final class TemplateFolder {
  /// The shipped templates by name, packed from `templates/` at build time.
  static final List<String> SHIPPED =
      List.of(
          "boot/boot.ipxe",
          "boot/boot.scr.uimg",
          "boot/cmdline.txt",
          "boot/config.txt",
          "boot/grub/grub.cfg",
          "disk/all/cmdline.txt",
          "disk/all/config.txt",
          "disk/cloud-init/meta-data",
          "disk/cloud-init/network-config",
          "disk/cloud-init/user-data",
          "disk/custom-toml/custom.toml",
          "disk/firstrun/firstrun.sh",
          "disk/firstrun/ssh",
          "disk/firstrun/userconf.txt",
          "installer/coldframe/install",
          "installer/conf/conf.d/zz-coldframe",
          "installer/scripts/coldframe",
          "parts/account.sh",
          "root/etc/hostname",
          "root/etc/modules-load.d/coldframe-kubernetes.conf",
          "root/etc/rpi/swap.conf.d/90-coldframe.conf",
          "root/etc/ssh/sshd_config.d/50-coldframe.conf",
          "root/etc/sysctl.d/90-coldframe-kubernetes.conf",
          "root/etc/systemd/system/coldframe-first-boot.service",
          "root/etc/systemd/system/coldframe-health.service",
          "root/etc/systemd/system/coldframe-health.timer",
          "root/etc/systemd/system/coldframe-identity.service",
          "root/etc/systemd/timesyncd.conf.d/50-coldframe.conf",
          "root/usr/local/lib/coldframe/node.sh",
          "root/usr/local/lib/coldframe/settings.sh",
          "root/usr/local/lib/coldframe/storage.sh",
          "root/usr/local/sbin/coldframe-first-boot",
          "root/usr/local/sbin/coldframe-health",
          "root/usr/local/sbin/coldframe-identity",
          "root/usr/local/sbin/coldframe-reinstall",
          "root/usr/local/sbin/coldframe-upgrade",
          "root/var/lib/coldframe/health",
          "root/var/lib/coldframe/journey",
          "seed/meta-data",
          "seed/network-config",
          "seed/ssh",
          "seed/user-data",
          "seed/userconf.txt",
          "seed/vendor-data");

  /// More files than any site needs; stops a folder that is not a templates folder.
  static final int MAX_FILES = 500;

  /// How long the folder is not looked at again: a booting node asks for dozens of files, and each
  /// might be a template.
  static final Duration FRESH = Duration.ofMillis(200);

  private static final int MAX_DEPTH = 8;
  private static final Map<String, String> BASE = shipped();

  private final InstantSource clock;
  private final Object lock = new Object();

  /// Guarded by `lock`.
  private @Nullable State last;

  private record State(
      Path folder, SequencedMap<String, Stamp> stamps, Templates templates, Instant looked) {
    boolean isOf(Path asked, Instant now) {
      Duration age = Duration.between(looked, now);
      return folder.equals(asked) && !age.isNegative() && age.compareTo(FRESH) < 0;
    }
  }

  /// @param clock the time
  public TemplateFolder(InstantSource clock) {
    this.clock = clock;
  }

  /// The templates as the folder has them now.
  ///
  /// @param folder the site's templates folder; it need not exist
  /// @throws IOException when one of its templates cannot be read
  public Templates current(Path folder) throws IOException {
    synchronized (lock) {
      Instant now = clock.instant();
      State before = last;
      if (before != null && before.isOf(folder, now)) {
        return before.templates();
      }
      SequencedMap<String, Stamp> stamps = stamps(folder);
      boolean same =
          before != null && before.folder().equals(folder) && before.stamps().equals(stamps);
      Templates templates =
          before != null && same ? before.templates() : read(folder, stamps.keySet());
      last = new State(folder, stamps, templates, now);
      return templates;
    }
  }

  private static Templates read(Path folder, Set<String> names) throws IOException {
    var sources = new HashMap<>(BASE);
    var root = new Root(folder, "template");
    for (String name : names) {
      Optional<String> text = read(root, name + Templates.SUFFIX);
      text.ifPresent(t -> sources.put(name, t));
    }
    return Templates.of(sources);
  }

  /// Each template file of the folder; `nodes/` holds files that are served as they are.
  private static SequencedMap<String, Stamp> stamps(Path folder) throws IOException {
    var out = new TreeMap<String, Stamp>();
    if (!Files.isDirectory(folder)) {
      return out;
    }
    try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
      for (Path file : (Iterable<Path>) files.limit(MAX_FILES + 1L)::iterator) {
        String path = folder.relativize(file).toString();
        if (path.endsWith(Templates.SUFFIX)
            && BootTree.isPlain(path)
            && !path.startsWith("nodes/")) {
          String name = path.substring(0, path.length() - Templates.SUFFIX.length());
          Stamp.of(file.toRealPath()).ifPresent(stamp -> out.put(name, stamp));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return out;
  }

  private static Optional<String> read(Root root, String path) throws IOException {
    Optional<Path> real = root.locate(path);
    if (real.isEmpty()) {
      return Optional.empty();
    }
    try (var channel = root.open(real.get())) {
      if (channel.size() > 4L * Templates.SOURCE_CHARS) {
        throw new IOException(path + " is too long for a template");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException _) {
      throw new IOException(path + " is not UTF-8 text");
    }
  }

  private static Map<String, String> shipped() {
    var out = new HashMap<String, String>();
    for (String name : SHIPPED) {
      String resource = "/dev/coldframe/templates/" + name + Templates.SUFFIX;
      try (InputStream in = TemplateFolder.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is missing from the program");
        }
        out.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(resource, e);
      }
    }
    return Map.copyOf(out);
  }
}
