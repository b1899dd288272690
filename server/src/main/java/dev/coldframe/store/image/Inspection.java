package dev.coldframe.store.image;

import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.ImageFacts.Dialect;
import dev.coldframe.node.ImageFacts.Family;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Tells what an image is from its boot partition. The root file system is left alone: nothing on
/// the way to booting needs it, and the boot partition shows enough (first-boot.md, section 7.1).
///
/// @param label the volume's label
/// @param paths the files, as the volume has them
/// @param cmdline what `cmdline.txt` says; may be empty
/// @param issue what `issue.txt` says; may be empty
record Inspection(String label, Set<String> paths, String cmdline, String issue) {
  private static final Pattern KERNEL =
      Pattern.compile("(?:.*/)?(?:kernel[a-z0-9_-]*\\.img|vmlinuz[^/]*|vmlinux[^/]*|linux)");
  private static final Pattern INITRAMFS =
      Pattern.compile("(?:.*/)?(?:initramfs[^/]*|initrd[^/]*)");
  private static final int MAX_DESCRIPTION_CHARS = 120;

  ImageFacts facts() {
    Family family = family();
    return new ImageFacts(
        family,
        dialect(family),
        false,
        description(),
        boards(),
        matching(KERNEL.asMatchPredicate()),
        matching(INITRAMFS.asMatchPredicate()),
        matching(path -> path.endsWith(".dtb")));
  }

  private Family family() {
    if (label.equalsIgnoreCase("system-boot") || has("EFI/ubuntu/grubaa64.efi")) {
      return Family.UBUNTU;
    }
    if (issue.contains("RPi-Distro/pi-gen") || isRaspios()) {
      return release();
    }
    boolean debian =
        label.equalsIgnoreCase("RASPIFIRM")
            || paths.stream().anyMatch(p -> p.toLowerCase(Locale.ROOT).startsWith("efi/debian/"))
            || has("sysconf.txt");
    return debian ? Family.DEBIAN : Family.UNKNOWN;
  }

  private boolean isRaspios() {
    return (label.equalsIgnoreCase("bootfs") || label.equalsIgnoreCase("boot"))
        && cmdline.contains("root=PARTUUID=")
        && has("config.txt");
  }

  /// Trixie grows its root by a word of its own and brings cloud-init; Bookworm starts `firstboot`
  /// and has an initramfs; what is older has none (raspberry-pi-boot.md, section 8.1).
  private Family release() {
    List<String> words = List.of(cmdline.strip().split("\\s+", -1));
    if (has("user-data") || words.contains("resize")) {
      return Family.RASPIOS_TRIXIE;
    }
    return matching(INITRAMFS.asMatchPredicate()).isEmpty()
        ? Family.RASPIOS_BULLSEYE
        : Family.RASPIOS_BOOKWORM;
  }

  private Dialect dialect(Family family) {
    if (has("user-data") && has("meta-data")) {
      return Dialect.CLOUD_INIT;
    }
    return switch (family) {
      case RASPIOS_BOOKWORM ->
          cmdline.contains("init=/usr/lib/raspberrypi-sys-mods/firstboot")
              ? Dialect.CUSTOM_TOML
              : Dialect.FIRSTRUN;
      case RASPIOS_TRIXIE, RASPIOS_BULLSEYE -> Dialect.FIRSTRUN;
      case UBUNTU -> Dialect.CLOUD_INIT;
      case DEBIAN, UNKNOWN -> Dialect.NONE;
    };
  }

  private String description() {
    String line = issue.lines().findFirst().orElse("").replaceAll("[^ -~]", "?").strip();
    return line.substring(0, Math.min(line.length(), MAX_DESCRIPTION_CHARS));
  }

  /// By the device trees (raspberry-pi-boot.md, section 3.7).
  private List<Integer> boards() {
    var out = new TreeSet<Integer>();
    for (String path : paths) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.endsWith(".dtb")) {
        if (name.startsWith("bcm2709")
            || name.startsWith("bcm2710")
            || name.startsWith("bcm2837")) {
          out.add(3);
        } else if (name.startsWith("bcm2711")) {
          out.add(4);
        } else if (name.startsWith("bcm2712")) {
          out.add(5);
        }
      }
    }
    return List.copyOf(out);
  }

  private boolean has(String path) {
    return paths.contains(path) || paths.stream().anyMatch(path::equalsIgnoreCase);
  }

  private List<String> matching(Predicate<String> form) {
    return paths.stream().filter(form).sorted().toList();
  }
}
