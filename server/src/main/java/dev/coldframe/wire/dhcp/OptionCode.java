package dev.coldframe.wire.dhcp;

/// The option codes that Coldframe reads or writes; RFC 2132 unless said.
public final class OptionCode {
  public static final int PAD = 0;
  public static final int SUBNET_MASK = 1;
  public static final int ROUTER = 3;
  public static final int DNS = 6;
  public static final int HOST_NAME = 12;
  public static final int DOMAIN = 15;
  public static final int MTU = 26;
  public static final int BROADCAST = 28;
  public static final int NTP = 42;
  public static final int VENDOR = 43;
  public static final int REQUESTED_ADDRESS = 50;
  public static final int LEASE_TIME = 51;
  public static final int OVERLOAD = 52;
  public static final int MESSAGE_TYPE = 53;
  public static final int SERVER_ID = 54;
  public static final int PARAMETER_LIST = 55;
  public static final int MESSAGE = 56;
  public static final int MAX_MESSAGE_SIZE = 57;
  public static final int RENEWAL_TIME = 58;
  public static final int REBINDING_TIME = 59;
  public static final int VENDOR_CLASS = 60;
  public static final int CLIENT_ID = 61;
  public static final int TFTP_SERVER = 66;
  public static final int BOOT_FILE = 67;

  /// RFC 3004.
  public static final int USER_CLASS = 77;

  /// RFC 3046.
  public static final int RELAY_INFORMATION = 82;

  /// RFC 4578.
  public static final int CLIENT_ARCHITECTURE = 93;

  /// RFC 4578.
  public static final int CLIENT_UUID = 97;

  /// IPv6-only preferred, RFC 8925.
  public static final int V6_ONLY = 108;

  /// RFC 3397.
  public static final int SEARCH_LIST = 119;

  /// RFC 3442.
  public static final int CLASSLESS_ROUTES = 121;

  /// iPXE's own options, sent by it alone.
  public static final int IPXE = 175;

  public static final int END = 255;

  private OptionCode() {}
}
