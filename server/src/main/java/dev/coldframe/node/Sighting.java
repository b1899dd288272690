package dev.coldframe.node;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import java.util.Locale;
import java.util.Optional;

/// Who sent a packet, read once and used ever after.
///
/// @param mac its hardware address
/// @param serial the serial from option 97, or from the MAC of a Pi up to 3; low half only
/// @param uuid option 97 where it is a PC's machine identifier
/// @param clientId option 61 as received, compared as opaque bytes
/// @param board the Raspberry Pi model, as far as it shows
/// @param memory how much memory the board has, `4 GB`, as its revision code says; a Pi up to 3
///   shows none
/// @param stage which program on the machine is speaking
/// @param clientClass the kind of network boot client, if it is one that takes a boot file
/// @param interfaceName the interface it was heard on
/// @param relay the relay's address (giaddr), if it came through one
/// @param port the switch port that the relay names (option 82)
public record Sighting(
    MacAddress mac,
    Optional<Serial> serial,
    Optional<ClientUuid> uuid,
    Optional<Bytes> clientId,
    Optional<Board> board,
    Optional<String> memory,
    Stage stage,
    Optional<Profile.ClientClass> clientClass,
    String interfaceName,
    Optional<Ip4> relay,
    Optional<SwitchPort> port) {

  /// Which program on the machine is speaking.
  public enum Stage {
    /// The boot ROM of a Pi up to 3.
    PI_ROM,
    /// `bootcode.bin` of a Pi up to 3.
    PI_BOOTCODE,
    /// The EEPROM loader of a Pi 4 or 5.
    PI_EEPROM,
    /// A PC's PXE firmware, UEFI HTTP boot, iPXE or U-Boot.
    FIRMWARE,
    /// An initramfs (klibc ipconfig).
    INITRAMFS,
    /// An operating system, or anything else that asks for an address.
    SYSTEM;

    /// `pi-eeprom`, as the journal writes it.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Reads a label.
    ///
    /// @throws IllegalArgumentException when there is no such stage
    public static Stage ofLabel(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /// Whether it asks for files to boot from.
    public boolean boots() {
      return this != INITRAMFS && this != SYSTEM;
    }
  }
}
