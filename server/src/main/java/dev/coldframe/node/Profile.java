package dev.coldframe.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a kind of node boots and what its operating system is told.
///
/// @param name the profile's name
/// @param boot where the node's system comes from
/// @param image the name of the operating system image; it need not be imported yet
/// @param bootRamdisk whether the loader gets its boot files as one `boot.img`
/// @param bootfiles for [Boot#FILES]: boot file by client class
/// @param user the account made on first boot, if any
/// @param ssh how sshd is set up
/// @param locale for example `ja_JP.UTF-8`
/// @param keyboard XKB layout, for example `jp`
/// @param timezone IANA name, for example `Asia/Tokyo`
/// @param addressInOs whether the pinned address is also written into the operating system
/// @param configTxt lines appended to config.txt
/// @param cmdline words appended to cmdline.txt
public record Profile(
    String name,
    Boot boot,
    Optional<String> image,
    boolean bootRamdisk,
    Map<ClientClass, String> bootfiles,
    Optional<User> user,
    Ssh ssh,
    Optional<String> locale,
    Optional<String> keyboard,
    Optional<String> timezone,
    AddressInOs addressInOs,
    List<String> configTxt,
    List<String> cmdline) {
  public Profile {
    bootfiles = Ordered.copy(bootfiles);
    configTxt = List.copyOf(configTxt);
    cmdline = List.copyOf(cmdline);
  }

  /// Whether boot files come from an image.
  public boolean bootsImage() {
    return boot == Boot.INSTALL && image.isPresent();
  }

  /// Where a node's system comes from.
  public enum Boot {
    /// Rendered templates and a journey with hello, seed and report.
    INSTALL,
    /// The node's own disk: network boot is refused fast.
    LOCAL,
    /// Node overrides and the TFTP root byte for byte, no shipped templates.
    FILES
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

  /// Whether the pinned address is also written into the operating system.
  public enum AddressInOs {
    DHCP,
    STATIC
  }
}
