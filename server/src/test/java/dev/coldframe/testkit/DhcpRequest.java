package dev.coldframe.testkit;

import dev.coldframe.decide.Arrival;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A client's message, put together step by step.
public final class DhcpRequest {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");

  private final MessageType type;
  private final MacAddress mac;
  private final DhcpOptions.Builder options = new DhcpOptions.Builder();
  private int op = DhcpMessage.BOOTREQUEST;
  private int xid = 0x12345678;
  private int flags;
  private int secs;
  private int hops;
  private int sourcePort = 68;
  private int port = 67;
  private Ip4 ciaddr = Ip4.ANY;
  private Ip4 giaddr = Ip4.ANY;
  private Ip4 source = Ip4.ANY;
  private Ip4 destination = Ip4.BROADCAST;

  private DhcpRequest(MessageType type, String mac) {
    this.type = type;
    this.mac = MacAddress.parse(mac);
  }

  /// Broadcast on eth0, with no options but its type.
  public static DhcpRequest of(MessageType type, String mac) {
    return new DhcpRequest(type, mac);
  }

  /// The DISCOVER of a Pi 3B's ROM (raspberry-pi-boot.md, section 2.1).
  public static DhcpRequest pi3(String mac) {
    DhcpRequest request =
        of(MessageType.DISCOVER, mac)
            .put(OptionCode.PARAMETER_LIST, Bytes.parseHex("2b3c43808182838485868742"))
            .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0000"))
            .put(OptionCode.CLIENT_UUID, Bytes.parseHex("00" + "44".repeat(16)))
            .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001");
    request.xid = 0x26f30339;
    return request;
  }

  /// The DISCOVER of a Pi 4's EEPROM loader (raspberry-pi-boot.md, sections 2.1 and 2.2).
  public static DhcpRequest pi4(String mac) {
    return of(MessageType.DISCOVER, mac)
        .put(OptionCode.PARAMETER_LIST, Bytes.parseHex("01032b3c424380818283848586" + "87"))
        .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0000"))
        .put(
            OptionCode.CLIENT_UUID,
            Bytes.parseHex("00" + "34695052" + "1431d000" + "010902f7" + "3df0cd91"))
        .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001");
  }

  public DhcpRequest put(int code, Bytes value) {
    options.put(code, value);
    return this;
  }

  public DhcpRequest put(int code, Ip4 address) {
    options.put(code, address);
    return this;
  }

  public DhcpRequest put(int code, String text) {
    options.put(code, text);
    return this;
  }

  public DhcpRequest op(int value) {
    op = value;
    return this;
  }

  public DhcpRequest xid(int value) {
    xid = value;
    return this;
  }

  public DhcpRequest secs(int value) {
    secs = value;
    return this;
  }

  public DhcpRequest flags(int value) {
    flags = value;
    return this;
  }

  public DhcpRequest hops(int value) {
    hops = value;
    return this;
  }

  public DhcpRequest ciaddr(Ip4 address) {
    ciaddr = address;
    return this;
  }

  public DhcpRequest source(Ip4 address) {
    source = address;
    return this;
  }

  public DhcpRequest sourcePort(int port) {
    sourcePort = port;
    return this;
  }

  /// Sent to the server's own address.
  public DhcpRequest unicast() {
    destination = SERVER;
    source = ciaddr;
    return this;
  }

  /// Sent to the boot server's port by a client that has an address.
  public DhcpRequest toBootServer(Ip4 own) {
    port = Arrival.BOOT_SERVER;
    destination = SERVER;
    source = own;
    ciaddr = own;
    return this;
  }

  /// Passed on by a relay.
  public DhcpRequest through(Ip4 relay) {
    giaddr = relay;
    source = relay;
    destination = SERVER;
    sourcePort = 67;
    return this;
  }

  /// Passed on by a relay that names the switch port: circuit id, and itself by its remote id.
  public DhcpRequest at(Ip4 relay, String remote, String circuit) {
    byte[] information = new byte[4 + circuit.length() + remote.length()];
    information[0] = 1;
    information[1] = (byte) circuit.length();
    Bytes.of(circuit, StandardCharsets.US_ASCII).copyTo(information, 2);
    information[2 + circuit.length()] = 2;
    information[3 + circuit.length()] = (byte) remote.length();
    Bytes.of(remote, StandardCharsets.US_ASCII).copyTo(information, 4 + circuit.length());
    return through(relay).put(OptionCode.RELAY_INFORMATION, Bytes.wrap(information));
  }

  /// How it came in.
  public Arrival arrival() {
    return new Arrival("eth0", List.of(SERVER), source, sourcePort, destination, port);
  }

  /// The message.
  public DhcpMessage message() {
    return new DhcpMessage(
        op,
        DhcpMessage.ETHERNET,
        hops,
        xid,
        secs,
        flags,
        ciaddr,
        Ip4.ANY,
        Ip4.ANY,
        giaddr,
        mac.bytes(),
        "",
        type,
        options.build(),
        true);
  }
}
