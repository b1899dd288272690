package dev.coldframe.boot;

/// Where the bytes of one path may come from. Names a place, does not look whether it is there.
public sealed interface Origin {
  /// The path below that place, which is also the path in the tree.
  String path();

  /// A file in `templates/nodes/<node>/`.
  ///
  /// @param node the node's name
  /// @param path below the node's folder
  record NodeOverride(String node, String path) implements Origin {}

  /// A file in `templates/boot/`, rendered for the node.
  ///
  /// @param path below that folder, without the `.tmpl` suffix
  record Template(String path) implements Origin {}

  /// An initramfs of the image that the node boots, with the installer behind it.
  ///
  /// @param path as the boot partition has it, in any case
  record Installer(String path) implements Origin {}

  /// A file in the boot partition of the image that the node boots, as it is.
  ///
  /// @param path as the boot partition has it, in any case
  record Image(String path) implements Origin {}

  /// The node's tree as one FAT volume, or the signature of that.
  ///
  /// @param path one of those of [Ramdisk]
  record Packed(String path) implements Origin {}

  /// The update of the node's boot EEPROM, or the signature of that.
  ///
  /// @param path one of those of [dev.coldframe.node.EepromUpdate]
  record Eeprom(String path) implements Origin {}

  /// A file in the TFTP root, as it is.
  ///
  /// @param path below the root
  record TftpRoot(String path) implements Origin {}

  /// A network boot loader that a package brought to the appliance.
  ///
  /// @param path one of those of [Loaders]
  record Loader(String path) implements Origin {}
}
