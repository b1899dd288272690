package dev.coldframe.rehearse;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.util.Optional;

/// One board of a rehearsal.
///
/// @param name the node's name, for showing
/// @param mac its hardware address; no two boards of a rack share one
/// @param serial its serial number
/// @param model what it is
/// @param journey whether an installer runs after the kernel: hello, seed, reports. Without, the
///   boot ends when the files are served or all of them are refused
/// @param disk its card, where it looks before it asks the network, and which its installer writes;
///   empty: nothing is written
/// @param eeprom its boot EEPROM, for boards whose updates are looked at; empty: a new one at every
///   boot
public record BoardSpec(
    String name,
    MacAddress mac,
    Serial serial,
    Model model,
    boolean journey,
    Optional<VirtualDisk> disk,
    Optional<VirtualEeprom> eeprom) {
  private static final int OUI_PI_3 = 0xb827eb;
  private static final int OUI_PI_4 = 0xdca632;
  private static final int OUI_PI_4_LATER = 0xe45f01;
  private static final int OUI_PI_5 = 0x2ccf67;
  private static final long HIGH_PI_4 = 0x10000000L;
  private static final long LOW_24 = 0xffffffL;
  private static final long LOW_32 = 0xffffffffL;

  /// @throws IllegalArgumentException when no interface can own the hardware address
  public BoardSpec {
    if (!mac.isUnicast()) {
      throw new IllegalArgumentException(mac + " is no interface's own address");
    }
  }

  /// A board without a disk.
  public BoardSpec(String name, MacAddress mac, Serial serial, Model model, boolean journey) {
    this(name, mac, serial, model, journey, Optional.empty(), Optional.empty());
  }

  /// The same board with a card in it.
  public BoardSpec with(VirtualDisk card) {
    return new BoardSpec(name, mac, serial, model, journey, Optional.of(card), eeprom);
  }

  /// The same board with that EEPROM.
  public BoardSpec with(VirtualEeprom its) {
    return new BoardSpec(name, mac, serial, model, journey, disk, Optional.of(its));
  }

  /// A plausible board for what is known of a node; what is not known follows from the rest in the
  /// way of reference, section 1.3, and is always the same for the same node.
  ///
  /// @param mac empty: derived from the serial
  /// @param serial empty: derived from the hardware address
  /// @throws IllegalArgumentException when neither is known
  public static BoardSpec plausible(
      String name, Optional<MacAddress> mac, Optional<Serial> serial, boolean journey) {
    if (mac.isEmpty() && serial.isEmpty()) {
      throw new IllegalArgumentException(name + " has neither a MAC address nor a serial");
    }
    Model model = model(mac, serial);
    MacAddress itsMac = mac.orElseGet(() -> derivedMac(serial.orElseThrow(), model));
    Serial itsSerial = serial.orElseGet(() -> derivedSerial(itsMac, model));
    return new BoardSpec(name, itsMac, itsSerial, model, journey);
  }

  private static Model model(Optional<MacAddress> mac, Optional<Serial> serial) {
    int oui = mac.map(MacAddress::oui).orElse(0);
    if (oui == OUI_PI_3) {
      return Model.PI_3B;
    }
    if (oui == OUI_PI_4 || oui == OUI_PI_4_LATER || serial.filter(Serial::full).isEmpty()) {
      return Model.PI_4B;
    }
    long high = serial.get().bits() >>> 32;
    if (high == 0 && mac.isEmpty()) {
      return Model.PI_3B;
    }
    return high == 0 || high == HIGH_PI_4 ? Model.PI_4B : Model.PI_5;
  }

  private static MacAddress derivedMac(Serial serial, Model model) {
    long oui =
        switch (model.family()) {
          case 3 -> OUI_PI_3;
          case 5 -> OUI_PI_5;
          default -> OUI_PI_4;
        };
    return new MacAddress(oui << 24 | (serial.bits() & LOW_24));
  }

  private static Serial derivedSerial(MacAddress mac, Model model) {
    return model.family() == 3
        ? new Serial(mac.bits() & LOW_24, true)
        : new Serial(HIGH_PI_4 << 32 | (mac.bits() & LOW_32), true);
  }
}
