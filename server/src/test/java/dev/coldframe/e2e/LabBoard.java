package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.List;

/// What the node of an [InstallBench] is.
///
/// @param mac its hardware address
/// @param storage of its profile
/// @param images what is imported: the system that it installs, then the one that carries the
///   installer, if the first cannot
/// @param more a word of its command line
/// @param loads what its firmware says when it asks the network
/// @param starts what is said when the kernel runs
record LabBoard(
    String mac, String storage, List<Path> images, String more, String loads, String starts) {
  private static final String STORAGE =
      "{ device: /dev/vdb, label: data, filesystem: ext4, mount: /srv/data, format: when-blank }";

  /// An arm64 machine with U-Boot.
  static final LabBoard VIRTUAL =
      new LabBoard(
          "dc:a6:32:01:36:c2",
          STORAGE,
          List.of(LabImage.PACKED),
          "lab.virtual",
          "DHCP client bound",
          "Starting kernel");

  /// An emulated Raspberry Pi 3B.
  static final LabBoard PI_3 =
      new LabBoard("b8:27:eb:01:36:c2", "", List.of(LabImage.PACKED), "lab.pi3", "", "");

  /// An office PC with UEFI.
  static final LabBoard PC = pc(List.of(LabImage.PC_PACKED));

  /// The same with Ubuntu.
  static final LabBoard UBUNTU = pc(List.of(LabImage.UBUNTU_PACKED, LabImage.PC_PACKED));

  private static LabBoard pc(List<Path> images) {
    return new LabBoard(
        "54:bf:64:01:36:c2",
        STORAGE,
        images,
        "console=ttyS0,115200",
        "Start PXE over IPv4",
        "Linux version");
  }

  boolean isPc() {
    return mac.equals(PC.mac());
  }

  /// The values of `image` and `installer-image` of its profile.
  String imageWords() {
    String own = name(images.getFirst());
    return images.size() == 1 ? own : own + "\n    installer-image: " + name(images.getLast());
  }

  private static String name(Path image) {
    return image.getFileName().toString().replace(".img.xz", "");
  }
}
