package dev.coldframe.testkit;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Packets that no service may act on, each with the reasons under which it has to be counted.
public final class Malformed {
  /// One of them.
  ///
  /// @param port the well-known port that it is sent to
  /// @param packet its bytes
  /// @param counted service and reason, as in `dhcp: relay is not in the list`
  public record Case(int port, Bytes packet, List<String> counted) {}

  private static final String MAC = "02:0f:00:00:00:01";
  private static final int DHCP = 67;
  private static final int TFTP = 69;
  private static final int DNS = 53;
  private static final int NTP = 123;
  private static final int HEADER = 240;
  private static final String ANSWERED = "dns: answered from our zones";

  private final Ip4 server;
  private final Ip4 nowhere;
  private final boolean singlePort;
  private final List<Case> cases = new ArrayList<>();

  private Malformed(Ip4 server, Ip4 nowhere, boolean singlePort) {
    this.server = server;
    this.nowhere = nowhere;
    this.singlePort = singlePort;
  }

  /// All of them, as neighbours send them that are no node.
  ///
  /// @param server the appliance
  /// @param nowhere an address of its network that nobody has
  /// @param singlePort whether its TFTP transfers come from port 69, where a packet that is no
  ///   request may belong to one
  public static List<Case> cases(Ip4 server, Ip4 nowhere, boolean singlePort) {
    var all = new Malformed(server, nowhere, singlePort);
    all.dhcp();
    all.tftp();
    all.dns();
    all.ntp();
    return List.copyOf(all.cases);
  }

  private void add(int port, Bytes packet, String... counted) {
    cases.add(new Case(port, packet, List.of(counted)));
  }

  private static Bytes bytes(DhcpRequest request) {
    return DhcpCodec.encode(request.message(), 576);
  }

  private static byte[] discover() {
    return bytes(DhcpRequest.of(MessageType.DISCOVER, MAC)).toArray();
  }

  private static Bytes changed(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return Bytes.wrap(bytes);
  }

  /// A DISCOVER's fixed part and other options.
  private static Bytes withOptions(String hex) {
    byte[] options = Bytes.parseHex(hex).toArray();
    byte[] out = Arrays.copyOf(discover(), HEADER + options.length);
    System.arraycopy(options, 0, out, HEADER, options.length);
    return Bytes.wrap(out);
  }

  private void dhcp() {
    add(DHCP, Bytes.wrap(Arrays.copyOf(discover(), 100)), "dhcp: shorter than the fixed part");
    add(DHCP, changed(discover(), 236, 0), "dhcp: not DHCP: no magic cookie");
    add(DHCP, changed(discover(), 2, 17), "dhcp: hardware address longer than 16 bytes");
    add(DHCP, withOptions("350101" + "0cc861"), "dhcp: an option runs past the end");
    add(DHCP, withOptions("ff"), "dhcp: no valid message type");
    add(DHCP, withOptions("350101" + "350103" + "ff"), "dhcp: two different message types");
    add(DHCP, withOptions("350101" + "3603c0a800" + "ff"), FIXED);
    add(DHCP, changed(discover(), 28, 0xff), "dhcp: no usable hardware address");
    add(DHCP, changed(discover(), 3, 17), "dhcp: more than 16 relays");
    add(DHCP, changed(discover(), 0, 2), "dhcp: a reply, not a request");
    add(DHCP, says(MessageType.DISCOVER).through(nowhere), "dhcp: relay is not in the list");
    DhcpRequest both = says(MessageType.REQUEST).ciaddr(nowhere).put(OptionCode.SERVER_ID, server);
    add(DHCP, both, "dhcp: server id in a renewal");
    add(DHCP, says(MessageType.REQUEST), "dhcp: a request for no address");
    add(
        DHCP,
        says(MessageType.RELEASE).ciaddr(nowhere).put(OptionCode.SERVER_ID, server),
        "dhcp: a release of what the client does not have");
    add(
        DHCP,
        says(MessageType.DECLINE)
            .put(OptionCode.SERVER_ID, server)
            .put(OptionCode.REQUESTED_ADDRESS, nowhere),
        "dhcp: a decline of what the client does not have");
  }

  private static final String FIXED = "dhcp: an option of fixed length has another";

  private static DhcpRequest says(MessageType type) {
    return DhcpRequest.of(type, MAC);
  }

  private void add(int port, DhcpRequest request, String counted) {
    add(port, bytes(request), counted);
  }

  private void tftp(String text, String counted) {
    Bytes packet = Bytes.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    add(TFTP, packet, "tftp: " + counted);
  }

  /// What is no request.
  private void stray(String text, String counted) {
    tftp(text, singlePort ? "packet outside any transfer" : counted);
  }

  private void tftp() {
    stray("\0", "shorter than an opcode");
    stray("\0\11x", "unknown opcode");
    stray("\0\3", "data without a block number");
    stray("\0\4\0", "ack without a block number");
    stray("\0\4\0\7", "not a request");
    stray("\0\5", "error without a code");
    tftp("\0\1config.txt", "name without terminator");
    tftp("\0\1\0octet\0", "empty name");
    tftp("\0\1config.txt\0octet", "mode without terminator");
    tftp("\0\1" + "x".repeat(600) + "\0octet\0", "request longer than 512 bytes");
    tftp("\0\2config.txt\0octet\0", "write request");
    tftp("\0\1config.txt\0mail\0", "mode is not octet");
    tftp("\0\1config.txt\0octet\0", "the caller has no boot tree");
  }

  /// A question for a node's name.
  public static Bytes question() {
    return DnsText.bytes(DnsText.question("n1.rack.home.arpa", "A"));
  }

  private void dns() {
    add(DNS, Bytes.wrap(Arrays.copyOf(question().toArray(), 11)), "dns: shorter than a header");
    add(DNS, changed(question().toArray(), 2, 0x81), "dns: a response, not a query");
    add(DNS, changed(question().toArray(), 2, 0x28), "dns: another opcode than query", ANSWERED);
    add(DNS, changed(question().toArray(), 5, 0), "dns: not one question", ANSWERED);
    add(DNS, changed(question().toArray(), 12, 0xc0), "dns: a broken question", ANSWERED);
    add(
        DNS,
        changed(question().toArray(), 11, 1),
        "dns: broken records after the question",
        ANSWERED);
  }

  /// A request for the time.
  ///
  /// @param first its first byte: version and mode
  public static Bytes clock(int first) {
    return changed(new byte[48], 0, first);
  }

  private void ntp() {
    add(NTP, Bytes.wrap(new byte[47]), "ntp: shorter than a header");
    add(NTP, Bytes.wrap(new byte[50]), "ntp: not a whole number of words");
    add(NTP, clock(0x3b), "ntp: unknown version");
    add(NTP, clock(0x26), "ntp: not a client's mode");
  }
}
