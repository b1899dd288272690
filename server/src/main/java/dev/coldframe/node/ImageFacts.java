package dev.coldframe.node;

import java.util.List;
import java.util.Locale;

/// What an operating system image is, as far as its boot partition and its root show.
///
/// @param family which system
/// @param dialect how it is told its first settings
/// @param seedInRoot whether it reads them in its root file system, not in its boot partition
/// @param description one line about the build; may be empty
/// @param boards the Raspberry Pi families that it has device trees for: 3, 4, 5
/// @param kernels paths in the boot partition; below `boot/` where they lie in the root
/// @param initramfs as the kernels
/// @param deviceTrees paths in the boot partition
public record ImageFacts(
    Family family,
    Dialect dialect,
    boolean seedInRoot,
    String description,
    List<Integer> boards,
    List<String> kernels,
    List<String> initramfs,
    List<String> deviceTrees) {
  public ImageFacts {
    boards = List.copyOf(boards);
    kernels = List.copyOf(kernels);
    initramfs = List.copyOf(initramfs);
    deviceTrees = List.copyOf(deviceTrees);
  }

  /// Whether it has an initramfs with the tools that the installer is made of. Ubuntu's has a
  /// busybox of fewer words: no sha256sum, tar, base64, timeout or head, and a wget that posts
  /// nothing (24.04 looked into, November 2026).
  public boolean carriesInstaller() {
    return !initramfs.isEmpty() && family != Family.UBUNTU;
  }

  /// Systems.
  public enum Family {
    RASPIOS_TRIXIE,
    RASPIOS_BOOKWORM,
    RASPIOS_BULLSEYE,
    UBUNTU,
    DEBIAN,
    UNKNOWN;

    /// `raspios-trixie`.
    public String label() {
      return word(this);
    }
  }

  /// How an image is told its first settings (first-boot.md, section 7).
  public enum Dialect {
    /// `user-data`, `meta-data` and `network-config`, in the boot partition or the root.
    CLOUD_INIT,

    /// `custom.toml`, or `userconf.txt` and `ssh`.
    CUSTOM_TOML,

    /// `userconf.txt` and `ssh`, and a script that the command line starts.
    FIRSTRUN,

    /// Not known.
    NONE;

    /// `cloud-init`.
    public String label() {
      return word(this);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
