package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Board;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.Sighting.Stage;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.Optional;

/// Reads once who sent a packet. A Pi calls itself an x86 BIOS PC (option 93 = 0), so its maker's
/// block or option 97 decides before the architecture does (raspberry-pi-boot.md, section 2.1).
public final class Identify {
  private static final String PXE = "PXEClient";
  private static final String HTTP = "HTTPClient";

  /// The longest client identifier that is remembered; longer ones are echoed only.
  private static final int MAX_CLIENT_ID_BYTES = 255;

  /// The journal's field for what a board is that calls itself something else.
  public static final String LOOKS_LIKE = "looks-like";

  private static final int PI_3_TRANSACTION = 0x26f30339;
  private static final Bytes PI_3_UUID = Bytes.parseHex("00" + "44".repeat(16));

  private Identify() {}

  /// Who sent the message; empty when its hardware address is not one interface's Ethernet address
  /// (rows P-04, P-23).
  public static Optional<Sighting> from(DhcpMessage message, Arrival arrival, Quirks quirks) {
    if (message.htype() != DhcpMessage.ETHERNET || message.chaddr().size() != 6) {
      return Optional.empty();
    }
    MacAddress mac = MacAddress.of(message.chaddr());
    if (!mac.isUnicast()) {
      return Optional.empty();
    }
    DhcpOptions options = message.options();
    PiIdentifier pi = PiIdentifier.of(options, mac, quirks);
    return Optional.of(
        new Sighting(
            mac,
            pi.serial(),
            pi.isPi() ? Optional.empty() : uuid(options),
            clientId(options),
            pi.board(),
            pi.memory(),
            stage(options, pi),
            pi.isPi() && !iPxe(options) ? uBoot(options) : clientClass(options),
            arrival.interfaceName(),
            message.relayed() ? Optional.of(message.giaddr()) : Optional.empty(),
            RelayInformation.port(message)));
  }

  /// Whether a message has what no PC's has: the transaction that is the same on every Pi up to 3,
  /// or option 97 as the ROM of a Pi 3B fills it (raspberry-pi-boot.md, sections 2.1 and 2.2).
  /// Where its hardware address is not Raspberry Pi's, that is all there is to see.
  public static boolean looksLikePi(DhcpMessage message) {
    Optional<Bytes> id = message.options().get(OptionCode.CLIENT_UUID);
    return message.xid() == PI_3_TRANSACTION || id.filter(PI_3_UUID::equals).isPresent();
  }

  private static Optional<Bytes> clientId(DhcpOptions options) {
    int length = options.length(OptionCode.CLIENT_ID);
    return length >= 2 && length <= MAX_CLIENT_ID_BYTES
        ? options.get(OptionCode.CLIENT_ID)
        : Optional.empty();
  }

  private static Optional<ClientUuid> uuid(DhcpOptions options) {
    return options.length(OptionCode.CLIENT_UUID) == 17
            && options.byteAt(OptionCode.CLIENT_UUID, 0) == 0
        ? options.get(OptionCode.CLIENT_UUID).map(b -> new ClientUuid(b.slice(1, 17)))
        : Optional.empty();
  }

  private static Stage stage(DhcpOptions options, PiIdentifier pi) {
    if (options.startsWith(OptionCode.VENDOR_CLASS, "Linux ipconfig")) {
      return Stage.INITRAMFS;
    }
    if (clientClass(options).filter(c -> c != ClientClass.BIOS).isPresent()) {
      return Stage.FIRMWARE;
    }
    if (!options.startsWith(OptionCode.VENDOR_CLASS, PXE)) {
      return options.startsWith(OptionCode.VENDOR_CLASS, HTTP) ? Stage.FIRMWARE : Stage.SYSTEM;
    }
    if (!pi.isPi()) {
      return Stage.FIRMWARE;
    }
    boolean upToThree = pi.family() == 3;
    if (!upToThree) {
      return Stage.PI_EEPROM;
    }
    // bootcode.bin asks for mask and router, the ROM does not.
    return options.contains(OptionCode.PARAMETER_LIST, OptionCode.SUBNET_MASK)
        ? Stage.PI_BOOTCODE
        : Stage.PI_ROM;
  }

  private static boolean iPxe(DhcpOptions options) {
    return options.has(OptionCode.IPXE)
        || options.text(OptionCode.USER_CLASS).filter(t -> t.contains("iPXE")).isPresent();
  }

  private static Optional<ClientClass> uBoot(DhcpOptions options) {
    return options.startsWith(OptionCode.VENDOR_CLASS, "U-Boot")
        ? Optional.of(ClientClass.UBOOT)
        : Optional.empty();
  }

  /// The kind of boot client; architectures by the IANA registry of RFC 4578's option 93. The first
  /// known value wins (row O-09).
  private static Optional<ClientClass> clientClass(DhcpOptions options) {
    if (iPxe(options)) {
      return Optional.of(ClientClass.IPXE);
    }
    Optional<ClientClass> uBoot = uBoot(options);
    if (uBoot.isPresent()) {
      return uBoot;
    }
    boolean http = options.startsWith(OptionCode.VENDOR_CLASS, HTTP);
    if (!http && !options.startsWith(OptionCode.VENDOR_CLASS, PXE)) {
      return Optional.empty();
    }
    int length = options.length(OptionCode.CLIENT_ARCHITECTURE);
    for (int i = 0; i + 1 < length; i += 2) {
      int code =
          options.byteAt(OptionCode.CLIENT_ARCHITECTURE, i) << 8
              | options.byteAt(OptionCode.CLIENT_ARCHITECTURE, i + 1);
      Optional<ClientClass> known = ofArchitecture(code);
      if (known.isPresent()) {
        return known;
      }
    }
    return Optional.empty();
  }

  private static Optional<ClientClass> ofArchitecture(int code) {
    return switch (code) {
      case 0 -> Optional.of(ClientClass.BIOS);
      case 7, 9 -> Optional.of(ClientClass.UEFI_X64);
      case 11 -> Optional.of(ClientClass.UEFI_ARM64);
      case 16 -> Optional.of(ClientClass.HTTP_X64);
      case 19 -> Optional.of(ClientClass.HTTP_ARM64);
      case 21, 22 -> Optional.of(ClientClass.UBOOT);
      default -> Optional.empty();
    };
  }

  /// What a Pi says of itself, in option 97 or by its hardware address (raspberry-pi-boot.md,
  /// sections 1.3 and 2.2).
  ///
  /// @param isPi whether it is one
  /// @param family 3 (and below), 4 or 5; 0 when unknown
  /// @param memory how much it has, `4 GB`
  private record PiIdentifier(
      boolean isPi,
      int family,
      Optional<Serial> serial,
      Optional<Board> board,
      Optional<String> memory) {
    private static final PiIdentifier NONE =
        new PiIdentifier(false, 0, Optional.empty(), Optional.empty(), Optional.empty());
    private static final int NEW_STYLE_REVISION = 1 << 23;

    static PiIdentifier of(DhcpOptions options, MacAddress mac, Quirks quirks) {
      int hint = quirks.piBlocks().getOrDefault(mac.oui(), 0);
      int length = options.length(OptionCode.CLIENT_UUID);
      if (length != 17 || options.byteAt(OptionCode.CLIENT_UUID, 0) != 0) {
        return hint == 0
            ? NONE
            : new PiIdentifier(true, hint, Optional.empty(), Optional.empty(), Optional.empty());
      }
      Bytes id = options.get(OptionCode.CLIENT_UUID).orElseThrow().slice(1, 17);
      int family = fourcc(id);
      if (family != 0) {
        int revision = little(id, 4);
        return new PiIdentifier(
            true,
            family,
            Optional.of(Serial.half(little(id, 12))),
            board(revision),
            memory(revision));
      }
      boolean repeated =
          id.slice(0, 4).equals(id.slice(4, 8)) && id.slice(0, 8).equals(id.slice(8, 16));
      if (hint == 0) {
        return NONE;
      }
      // The Pi 3B's ROM sends sixteen times 0x44, which names nobody.
      Optional<Serial> serial =
          repeated && id.intAt(0) != 0x44444444
              ? Optional.of(Serial.half(little(id, 0)))
              : Optional.empty();
      return new PiIdentifier(true, hint, serial, Optional.empty(), Optional.empty());
    }

    /// `RPi4`, `RPi5` in either byte order; 0 for anything else.
    private static int fourcc(Bytes id) {
      int forward = id.intAt(0);
      int backward = Integer.reverseBytes(forward);
      for (int word : new int[] {forward, backward}) {
        if (word >>> 8 == 0x525069) {
          int digit = (word & 255) - '0';
          return digit == 4 || digit == 5 ? digit : 0;
        }
      }
      return 0;
    }

    private static int little(Bytes id, int at) {
      return Integer.reverseBytes(id.intAt(at));
    }

    /// Bits 20 to 22: 256 MB, doubled so often (raspberry-pi-boot.md, section 1.1).
    private static Optional<String> memory(int revision) {
      if ((revision & NEW_STYLE_REVISION) == 0) {
        return Optional.empty();
      }
      int doubled = revision >>> 20 & 7;
      return Optional.of(doubled < 2 ? (256 << doubled) + " MB" : (1 << (doubled - 2)) + " GB");
    }

    private static Optional<Board> board(int revision) {
      if ((revision & NEW_STYLE_REVISION) == 0) {
        return Optional.empty();
      }
      return switch (revision >>> 4 & 0xff) {
        case 0x04 -> Optional.of(Board.PI_2B);
        case 0x08 -> Optional.of(Board.PI_3B);
        case 0x0a -> Optional.of(Board.CM3);
        case 0x0d -> Optional.of(Board.PI_3B_PLUS);
        case 0x11 -> Optional.of(Board.PI_4B);
        case 0x13 -> Optional.of(Board.PI_400);
        case 0x14 -> Optional.of(Board.CM4);
        case 0x17 -> Optional.of(Board.PI_5);
        case 0x18, 0x1a -> Optional.of(Board.CM5);
        case 0x19 -> Optional.of(Board.PI_500);
        default -> Optional.empty();
      };
    }
  }
}
