package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;

/// DHCP messages byte for byte. Zero where a board puts its own: transaction id, hardware address,
/// option 97, server and address.
final class Golden {
  /// Ethernet request, no hops; transaction id, secs, flags and all addresses follow as zeros.
  private static final String REQUEST = "01010600";

  private static final String NO_XID = "00000000";

  /// One constant for every Pi 3, board and boot (reference, section 2.1).
  private static final String PI_3_XID = "26f30339";

  private static final String NO_FLAGS = "00000000";
  private static final String BROADCAST = "00008000";

  /// ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file, magic cookie.
  private static final String BODY = "00".repeat(16 + 16 + 64 + 128) + "63825363";

  private static final String DISCOVER = "350101";
  private static final String TAKE = "350103";
  private static final String SERVER_ID = "360400000000";
  private static final String ADDRESS = "320400000000";

  /// Architecture x86 BIOS, UNDI 2.1, option 97.
  private static final String PXE_HARDWARE = "5d020000" + "5e03010201" + "6111" + "00".repeat(17);

  /// `PXEClient:Arch:00000:UNDI:002001`.
  private static final String PXE_CLASS =
      "3c20505845436c69656e743a417263683a30303030303a554e44493a303032303031";

  /// Pi 3 ROM: 320 bytes, parameter list of 12 (reference, section 2.1, exact options area).
  static final Bytes ROM_DISCOVER =
      Bytes.parseHex(
          REQUEST
              + PI_3_XID
              + NO_FLAGS
              + BODY
              + DISCOVER
              + "370c2b3c43808182838485868742"
              + PXE_HARDWARE
              + PXE_CLASS
              + "ff");

  /// Pi 3 `bootcode.bin`: 322 bytes, the ROM's list with 1 and 3 after it (reference, section 2.1).
  static final Bytes BOOTCODE_DISCOVER =
      Bytes.parseHex(
          REQUEST
              + PI_3_XID
              + NO_FLAGS
              + BODY
              + DISCOVER
              + "370e2b3c438081828384858687420103"
              + PXE_HARDWARE
              + PXE_CLASS
              + "ff");

  /// Pi 4 and 5 EEPROM: 322 bytes (reference, section 2.1).
  static final Bytes EEPROM_DISCOVER =
      Bytes.parseHex(
          REQUEST
              + NO_XID
              + NO_FLAGS
              + BODY
              + DISCOVER
              + "370e01032b3c42438081828384858687"
              + PXE_HARDWARE
              + PXE_CLASS
              + "ff");

  /// EEPROM of 2021 and later: no 55, no 93 (reference, section 2.4). That 50 and 54 are there is
  /// inferred, and so is the order.
  static final Bytes EEPROM_REQUEST =
      Bytes.parseHex(
          REQUEST + NO_XID + NO_FLAGS + BODY + TAKE + SERVER_ID + ADDRESS + PXE_CLASS + "ff");

  /// EEPROM of 2020: no option 60 either (reference, section 2.4, EE#82).
  static final Bytes EEPROM_2020_REQUEST =
      Bytes.parseHex(REQUEST + NO_XID + NO_FLAGS + BODY + TAKE + SERVER_ID + ADDRESS + "ff");

  /// 1 3 6 12 15 17 26 28 40 119 121, then vendor class `Linux ipconfig`.
  private static final String IPCONFIG =
      "370b0103060c0f111a1c287779" + "3c0e4c696e7578206970636f6e666967" + "ff";

  /// klibc ipconfig of Debian, as its source composes it: broadcast flag, no client id, filled up
  /// to 300 bytes (reference, sections 6.2 and 8.3; klibc `usr/kinit/ipconfig/dhcp_proto.c`).
  static final Bytes IPCONFIG_DISCOVER =
      Bytes.parseHex(REQUEST + NO_XID + BROADCAST + BODY + DISCOVER + IPCONFIG + "00".repeat(27));

  /// The same client takes an offer.
  static final Bytes IPCONFIG_REQUEST =
      Bytes.parseHex(
          REQUEST
              + NO_XID
              + BROADCAST
              + BODY
              + TAKE
              + SERVER_ID
              + ADDRESS
              + IPCONFIG
              + "00".repeat(15));

  /// Secs 1, no flags.
  private static final String ONE_SECOND = "00010000";

  /// Type 1 and the hardware address.
  private static final String CLIENT_ID = "3d0701000000000000";

  private static final String MAX_SIZE = "390205c0";

  /// 1 2 6 12 15 26 28 121 3 33 40 41 42 119 249 252 17.
  private static final String SYSTEM_LIST = "371101" + "02060c0f1a1c7903212829" + "2a77f9fc11";

  /// Raspberry Pi OS: client id 01 and MAC (reference, section 6.2); the rest is inferred from
  /// NetworkManager's own client.
  static final Bytes SYSTEM_DISCOVER =
      Bytes.parseHex(
          REQUEST
              + NO_XID
              + ONE_SECOND
              + BODY
              + DISCOVER
              + CLIENT_ID
              + MAX_SIZE
              + SYSTEM_LIST
              + "ff");

  /// The same client takes an offer.
  static final Bytes SYSTEM_REQUEST =
      Bytes.parseHex(
          REQUEST
              + NO_XID
              + ONE_SECOND
              + BODY
              + TAKE
              + CLIENT_ID
              + MAX_SIZE
              + ADDRESS
              + SERVER_ID
              + SYSTEM_LIST
              + "ff");

  private Golden() {}
}
