package dev.coldframe.node;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a kind of node boots and what its operating system is told.
///
/// @param name the profile's name
/// @param boot where the node's system comes from
/// @param image the name of the operating system image; it need not be imported yet
/// @param nfsRoot for [Boot#NFS]: server and path of the root, `{node}` stands for the node's name
/// @param bootRamdisk whether the loader gets its boot files as one `boot.img`
/// @param bootfiles boot file by client class; where an image is booted, instead of the usual
///   loader
/// @param bootfileZero whether options 66 and 67 end with a zero byte, for firmware that needs it
/// @param user the account made on first boot, if any
/// @param ssh how sshd is set up
/// @param locale for example `ja_JP.UTF-8`
/// @param keyboard XKB layout, for example `jp`
/// @param timezone IANA name, for example `Asia/Tokyo`
/// @param addressInOs whether the pinned address is also written into the operating system
/// @param configTxt lines appended to config.txt
/// @param cmdline words appended to cmdline.txt
/// @param install how the image gets onto the node's disk
/// @param setup what first boot does beyond the account and the locale
/// @param eeprom what is wanted in the boot EEPROM of a Pi 4 or 5, if anything
public record Profile(
    String name,
    Boot boot,
    Optional<String> image,
    Optional<String> nfsRoot,
    boolean bootRamdisk,
    Map<ClientClass, String> bootfiles,
    boolean bootfileZero,
    Optional<User> user,
    Ssh ssh,
    Optional<String> locale,
    Optional<String> keyboard,
    Optional<String> timezone,
    AddressInOs addressInOs,
    List<String> configTxt,
    List<String> cmdline,
    Install install,
    Setup setup,
    Optional<EepromPolicy> eeprom) {
  public Profile {
    bootfiles = Ordered.copy(bootfiles);
    configTxt = List.copyOf(configTxt);
    cmdline = List.copyOf(cmdline);
  }

  /// Whether boot files come from an image.
  public boolean bootsImage() {
    return boot.usesTemplates() && image.isPresent();
  }

  /// Whether an image is written to the node's disk.
  public boolean writesDisk() {
    return boot == Boot.INSTALL && image.isPresent();
  }

  /// Whether the initramfs of the image carries the installer.
  public boolean carriesInstaller() {
    return (boot == Boot.INSTALL || boot == Boot.RESCUE) && image.isPresent();
  }

  /// The same profile, booting otherwise.
  public Profile booting(Boot other) {
    return new Profile(
        name,
        other,
        image,
        nfsRoot,
        bootRamdisk,
        bootfiles,
        bootfileZero,
        user,
        ssh,
        locale,
        keyboard,
        timezone,
        addressInOs,
        configTxt,
        cmdline,
        install,
        setup,
        eeprom);
  }

  /// Where a node's system comes from.
  public enum Boot {
    /// Rendered templates and a journey with hello, seed and report.
    INSTALL,
    /// The node's own disk: network boot is refused fast.
    LOCAL,
    /// Node overrides and the TFTP root byte for byte, no shipped templates.
    FILES,
    /// The image's kernel over the network, the root on the node's card.
    SDROOT,
    /// The image's kernel over the network, the root on a server that is not ours.
    NFS,
    /// The image's kernel and a shell on the console, nothing else.
    RESCUE;

    /// Whether rendered templates are part of the boot tree.
    public boolean usesTemplates() {
      return this != LOCAL && this != FILES;
    }
  }

  /// The kinds of network boot client that `bootfiles` tells apart.
  public enum ClientClass {
    UEFI_X64,
    UEFI_ARM64,
    HTTP_X64,
    HTTP_ARM64,
    BIOS,
    IPXE,
    UBOOT
  }

  /// The account made on first boot.
  ///
  /// @param name a Linux user name
  /// @param passwordHash a crypt(3) hash such as `$6$…`; empty: the password is locked
  /// @param sshKeys public keys in authorized_keys form
  public record User(String name, Optional<String> passwordHash, List<String> sshKeys) {
    public User {
      sshKeys = List.copyOf(sshKeys);
    }

    /// Masks the hash.
    @Override
    public String toString() {
      return "User[" + name + ", " + sshKeys.size() + " keys]";
    }
  }

  /// How sshd is set up.
  ///
  /// @param enabled whether it runs
  /// @param password whether it accepts passwords
  public record Ssh(boolean enabled, boolean password) {}

  /// How the image gets onto the node's disk.
  ///
  /// @param image whose kernel and initramfs carry the installer; empty: chosen among the imported
  /// @param disk which disk: a path, a model, a number or a size in bytes; empty: the only one that
  ///   is not named under `storage`
  /// @param verify whether everything is read back after writing
  /// @param overwrite when an existing disk may be written
  public record Install(
      Optional<String> image, Optional<String> disk, boolean verify, Overwrite overwrite) {
    /// As it is when the file says nothing.
    public static final Install USUAL =
        new Install(Optional.empty(), Optional.empty(), false, Overwrite.WHEN_BLANK);
  }

  /// When an existing disk may be written.
  public enum Overwrite {
    /// When it is blank, half written by this node's own install, or armed by the operator.
    WHEN_BLANK,
    /// Not at all.
    NEVER
  }

  /// What first boot does beyond the account and the locale.
  ///
  /// @param upgrade whether all packages are brought up to date, after `ready`
  /// @param packages what is installed with them
  /// @param storage data disks
  /// @param kubernetes whether the node is prepared for Kubernetes: memory cgroup, modules,
  ///   sysctls, no swap
  /// @param fan how its fan is driven, if it has one
  /// @param health how often it reports its health; zero: never
  /// @param scripts further scripts, paths below the templates folder
  public record Setup(
      boolean upgrade,
      List<String> packages,
      List<Storage> storage,
      boolean kubernetes,
      Optional<Fan> fan,
      Duration health,
      List<String> scripts) {
    /// Nothing.
    public static final Setup NONE =
        new Setup(false, List.of(), List.of(), false, Optional.empty(), Duration.ZERO, List.of());

    public Setup {
      packages = List.copyOf(packages);
      storage = List.copyOf(storage);
      scripts = List.copyOf(scripts);
    }
  }

  /// A data disk: one partition from 0 % to 100 % under a GPT.
  ///
  /// @param device a path on the node, `/dev/sda` or one below `/dev/disk/`
  /// @param label the file system's label
  /// @param filesystem its type, for example `ext4`
  /// @param mount where it is mounted
  /// @param format when it is made anew
  public record Storage(
      String device, String label, String filesystem, String mount, Overwrite format) {}

  /// How a fan is driven.
  public sealed interface Fan {
    /// One at a pin that is on or off.
    ///
    /// @param pin the GPIO number
    /// @param celsius from where on it runs
    record Gpio(int pin, int celsius) implements Fan {}

    /// The PoE HAT's own, with four speeds.
    ///
    /// @param celsius from where on each speed is used
    record PoeHat(List<Integer> celsius) implements Fan {
      public PoeHat {
        celsius = List.copyOf(celsius);
      }
    }
  }

  /// Whether the pinned address is also written into the operating system.
  public enum AddressInOs {
    DHCP,
    STATIC
  }
}
