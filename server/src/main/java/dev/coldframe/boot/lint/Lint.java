package dev.coldframe.boot.lint;

import dev.coldframe.node.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Combinations that are known to fail, one row each. What a row looks at is a function; scripts go
/// by its key, so that never changes.
public enum Lint {
  IMAGE_MISSING(
      Severity.ERROR,
      SiteRules::missingImages,
      "Its nodes wait for it.",
      "coldframe image add FILE --name IMAGE",
      "this server"),
  IMAGE_WITHOUT_BOOT(
      Severity.ERROR,
      SiteRules::imagesWithoutBoot,
      "Kernel and device trees are taken from there.",
      "Import an image for the Raspberry Pi, or one for PCs with kernel and initramfs in /boot of an"
          + " ext4 root, and with debugfs (e2fsprogs) on this machine.",
      "this server"),
  BOOT_TREE_BROKEN(
      Severity.ERROR,
      tree(TreeRules::broken),
      "Nothing can be served of it.",
      "'coldframe check' and 'coldframe render NODE' say more.",
      "this server"),
  BOOT_FILES_MISSING(
      Severity.ERROR,
      tree(TreeRules::missing),
      "Without them a Pi up to 4 shows the rainbow or blinks (4 times: no start file, 7 times: no"
          + " kernel); a Pi 5 says that the operating system does not indicate support for it.",
      "Put them into tftp-root/ (its README names the least set), or name an image in the profile:"
          + " 'coldframe image add FILE'.",
      "raspberrypi/firmware#1041; texts in the boot EEPROM of BCM2712 (os_check)"),
  BOOT_FILES_EMPTY(
      Severity.ERROR,
      tree(TreeRules::empty),
      "A loader takes a file without a byte for a broken one.",
      "Copy them again; the disk may have been full.",
      "experience"),
  BUILDS_DIFFER(
      Severity.WARNING,
      tree(TreeRules::builds),
      "A kernel loads modules of its own build only, and says nothing: what is not built into it"
          + " (network card, disk, file system) is missing in the initramfs.",
      "Take kernel and initramfs from one release; remove the stale one.",
      "raspberrypi/firmware#1965"),
  OVERLAY_MISSING(
      Severity.WARNING,
      tree(TreeRules::overlays),
      "The loader goes on without them.",
      "Put them into tftp-root/overlays/, or correct 'config-txt' in the profile.",
      "raspberrypi/documentation, configuration/device-tree.adoc"),
  SERIAL_SUFFIX(
      Severity.WARNING,
      SiteRules::serialSuffixes,
      "A loader shows these 8 digits alone, so its requests and its folder in tftp-root/ are those"
          + " of either board, and neither is recognised by them.",
      "Give these nodes a 'mac' beside the serial, and no folder by serial in tftp-root/.",
      "raspberrypi/rpi-eeprom#563; waveform80/nobodd, docs/explain-pi-netboot.rst"),
  KUBERNETES_ON_NFS(
      Severity.WARNING,
      SiteRules::kubernetesOnNfs,
      "containerd stacks images with overlayfs, whose upper directory may not lie on NFS: k3s does"
          + " not start ('upper fs missing required features').",
      "Let these nodes install onto a disk ('boot: install'), or mount a disk of their own at"
          + " /var/lib/rancher (k3s) or /var/lib/containerd ('storage').",
      "k3s-io/k3s#10512; Linux, Documentation/filesystems/overlayfs.rst"),
  UEFI_ON_PI5(
      Severity.WARNING,
      SiteRules::uefiOnPi5,
      "Its own loader asks for no boot file, and the UEFI firmware that there is for a Pi 5 drives no"
          + " Ethernet of it.",
      "Give these nodes a profile without uefi-* and http-* boot files; what a Pi boots lies in"
          + " tftp-root/ or comes from an image.",
      "worproject/rpi5-uefi, README.md and #50; raspberrypi/firmware#1850"),
  UEFI_ON_PI(
      Severity.NOTE,
      SiteRules::uefiOnPi,
      "Its own loader asks for no boot file; only UEFI firmware on its card does, on a Pi 4.",
      "Nothing, where such firmware is on its card; else a profile without uefi-* and http-* boot"
          + " files.",
      "raspberrypi/firmware#1850; pftf/RPi3#40; pftf/RPi4#40"),
  PC_LOADER_MISSING(
      Severity.WARNING,
      SiteRules::loadersMissing,
      "A PC's firmware is told that name by DHCP, asks for it and gets error 1.",
      "Install the package that brings it (ipxe; shim-signed and grub-efi-amd64-signed;"
          + " grub-efi-arm64-bin), or put it into tftp-root/.",
      "this server"),
  EEPROM_UPDATE_BROKEN(
      Severity.WARNING,
      SiteRules.update(UpdateRules::broken),
      "A board asks for it at each boot and never takes it.",
      "Make both files anew ('rpi-eeprom-digest -i pieeprom.upd -o pieeprom.sig'), or remove both.",
      "raspberrypi/rpi-eeprom, rpi-eeprom-digest; raspberrypi/rpi-eeprom#542"),
  EEPROM_UPDATE_FOREIGN(
      Severity.WARNING,
      SiteRules.update(UpdateRules::foreign),
      "EEPROM images of the Pi 4 (BCM2711, 512 KiB) and of the Pi 5 (BCM2712, 2 MiB) do not fit each"
          + " other.",
      "Offer it to the boards that it is made for alone: in templates/nodes/NODE/.",
      "raspberrypi/rpi-eeprom, rpi-eeprom-update"),
  EEPROM_UPDATE_STALE(
      Severity.WARNING,
      SiteRules.update(UpdateRules::stale),
      "It brings boards back to an older loader, or is never taken, and settings that were made on"
          + " them since are lost.",
      "Remove pieeprom.sig and pieeprom.upd, or put the newer image in their place.",
      "raspberrypi/rpi-eeprom#121, #542"),
  EEPROM_UPDATE_LEFT(
      Severity.NOTE,
      SiteRules.update(UpdateRules::left),
      "It is offered at each boot, and one with a newer 'ts' writes over the settings of the board.",
      "Remove pieeprom.sig and pieeprom.upd once the board reports the new version.",
      "raspberrypi/rpi-eeprom#121"),
  FILE_BLOCKS(
      Severity.NOTE,
      tree(TreeRules::blocks),
      "Loaders before 2025-09-23 count no further over TFTP, and stop there.",
      "Make it smaller; nothing, where all boards have a newer EEPROM.",
      "raspberrypi/rpi-eeprom#375, #720"),
  RAMDISK_SIZE(
      Severity.NOTE,
      tree(TreeRules::ramdisk),
      "Loaders take no larger one (96 MiB before 2022-02-28).",
      "Take files out of the image's boot partition that no board of this profile needs.",
      "raspberrypi/rpi-eeprom, firmware-2711/release-notes.md"),
  CONFIG_SIZE(
      Severity.NOTE,
      tree(TreeRules::configSize),
      "Older firmware reads no further, over the network at least.",
      "Take out comments and sections of other boards; nothing, where all boards have newer"
          + " firmware.",
      "raspberrypi/firmware#1012, #1575, #1848"),
  CONFIG_LINE(
      Severity.NOTE,
      tree(TreeRules::configLines),
      "The firmware cuts it there.",
      "Split it into several lines.",
      "raspberrypi/documentation, computers/config_txt/what_is_config_txt.adoc"),
  CMDLINE_SIZE(
      Severity.NOTE,
      tree(TreeRules::cmdlineSize),
      "The kernel cuts it there (COMMAND_LINE_SIZE of arm64).",
      "Shorten it, or 'cmdline' in the profile.",
      "Linux, arch/arm64/include/uapi/asm/setup.h"),
  CMDLINE_LINES(
      Severity.NOTE,
      tree(CmdlineRules::severalLines),
      "The firmware reads the first alone.",
      "Write it in one line.",
      "raspberrypi/documentation, configuration/kernel-command-line-config.adoc"),
  CMDLINE_DISK_ROOT(
      Severity.NOTE,
      tree(CmdlineRules::diskRoot),
      "Where nothing was written to a disk of the board there is none to mount.",
      "Write root= as it is there; nothing, where the card holds a system.",
      "raspberrypi/piserver"),
  CMDLINE_FIRST_BOOT(
      Severity.NOTE,
      tree(CmdlineRules::firstBoot),
      "That is for the card that the image was written to, and fails elsewhere.",
      "Take out init= and resize.",
      "raspberrypi/piserver"),
  CMDLINE_NFS(
      Severity.NOTE,
      tree(CmdlineRules::nfsOptions),
      "klibc's nfsmount in the initramfs speaks version 3 at most and knows no proto=.",
      "Write vers=3 and no proto= behind nfsroot=; nothing, where the kernel itself mounts the root.",
      "raspberrypi/documentation#3205");

  /// Loaders before 2025-09-23 count blocks to 65,535 and ask for 1024 bytes or more (row B-07).
  public static final long BLOCKS_BYTES = 65_535L * 1024;

  private final Severity severity;

  // The lambdas hold nothing; the checker cannot know.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Function<Scene, Stream<Hit>> rule;

  private final String reason;
  private final String remedy;
  private final String source;

  Lint(
      Severity severity,
      Function<Scene, Stream<Hit>> rule,
      String reason,
      String remedy,
      String source) {
    this.severity = severity;
    this.rule = rule;
    this.reason = reason;
    this.remedy = remedy;
    this.source = source;
  }

  /// Where a rule holds.
  ///
  /// @param subjects as in [LintFinding]
  /// @param found as in [LintFinding]
  record Hit(List<String> subjects, String found) {}

  /// A rule that looks at each boot tree.
  private static Function<Scene, Stream<Hit>> tree(Function<ServedTree, Stream<String>> rule) {
    return scene ->
        scene.trees().stream()
            .flatMap(tree -> rule.apply(tree).map(found -> new Hit(tree.nodes(), found)));
  }

  /// All that holds in a scene: the gravest first, each once for all whom it concerns.
  public static List<LintFinding> of(Scene scene) {
    var out = new ArrayList<LintFinding>();
    for (Lint row : values()) {
      var subjects = new LinkedHashMap<String, Set<String>>();
      row.rule
          .apply(scene)
          .forEach(hit ->
              subjects
                  .computeIfAbsent(hit.found(), _ -> new LinkedHashSet<>())
                  .addAll(hit.subjects()));
      subjects.forEach((found, whom) -> out.add(new LintFinding(row, List.copyOf(whom), found)));
    }
    out.sort(Comparator.comparing(finding -> finding.row().severity()));
    return List.copyOf(out);
  }

  /// `config-size`, as commands and JSON write it.
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// How much it matters.
  public Severity severity() {
    return severity;
  }

  /// Why it fails, a sentence.
  public String reason() {
    return reason;
  }

  /// What to do about it, a sentence.
  public String remedy() {
    return remedy;
  }

  /// Where that is known from.
  public String source() {
    return source;
  }
}
