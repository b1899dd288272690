package dev.coldframe.bench;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Golden;
import dev.coldframe.testkit.Records;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;

/// What the nodes of a [Rack] send, each datagram in an array of its own, as a socket gives it.
final class Requests {
  private static final int CHADDR_AT = 28;
  private static final int OPTIONS_AT = 240;
  private static final int MAX_BYTES = 576;

  /// Where option 97 of a Pi 4 has the low half of its serial, the last byte first
  /// (raspberry-pi-boot.md, section 2.2).
  private static final int SERIAL_AT = 13;

  /// Where the first label of a question begins, and in it the node's number.
  private static final int NUMBER_AT = 13 + "node-".length();

  /// Behind the opcode of a read request.
  private static final int PREFIX_AT = 2;

  private static final int PREFIX_DIGITS = 8;

  private final byte[] discover;
  private final byte[] request;
  private final byte[] read;
  private final byte[] question;

  Requests() {
    DhcpMessage first = ((Decode.Ok) DhcpCodec.decode(Golden.bytes("dhcp/pi4-eeprom-1"))).message();
    discover = DhcpCodec.encode(first, MAX_BYTES).toArray();
    request = DhcpCodec.encode(taking(first), MAX_BYTES).toArray();
    read =
        "\0\u000100000000/start4.elf\0octet\0tsize\0000\0blksize\0001024\0"
            .getBytes(StandardCharsets.ISO_8859_1);
    question = DnsText.bytes(DnsText.question("node-00000.rack.home.arpa", "A")).toArray();
  }

  /// The REQUEST behind an offer.
  private static DhcpMessage taking(DhcpMessage discover) {
    var options = new DhcpOptions.Builder();
    for (int i = 0; i < discover.options().size(); i++) {
      options.put(discover.options().codeAt(i), discover.options().valueAt(i));
    }
    options.put(OptionCode.SERVER_ID, Rack.SERVER).put(OptionCode.REQUESTED_ADDRESS, Ip4.ANY);
    return Records.with(discover, "type", MessageType.REQUEST, "options", options.build());
  }

  /// A Pi 4's loader asks for an address.
  Bytes discover(int node) {
    return Bytes.wrap(of(discover, node));
  }

  /// It takes the one it is offered.
  Bytes request(int node) {
    byte[] out = of(request, node);
    putInt(out, option(out, OptionCode.REQUESTED_ADDRESS), Rack.address(node).bits());
    return Bytes.wrap(out);
  }

  private static byte[] of(byte[] packet, int node) {
    byte[] out = packet.clone();
    Rack.mac(node).bytes().copyTo(out, CHADDR_AT);
    putInt(out, option(out, OptionCode.CLIENT_UUID) + SERIAL_AT, Integer.reverseBytes(node));
    return out;
  }

  /// Where an option's value begins.
  private static int option(byte[] packet, int code) {
    int at = OPTIONS_AT;
    while (Byte.toUnsignedInt(packet[at]) != code) {
      at += 2 + Byte.toUnsignedInt(packet[at + 1]);
    }
    return at + 2;
  }

  private static void putInt(byte[] out, int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      out[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  /// Its second stage is read over TFTP, below its serial.
  Bytes read(int node) {
    byte[] out = read.clone();
    int rest = node;
    for (int i = PREFIX_DIGITS - 1; i >= 0; i--) {
      out[PREFIX_AT + i] = (byte) Character.forDigit(rest & 15, 16);
      rest >>>= 4;
    }
    return Bytes.wrap(out);
  }

  /// Somebody asks for its address.
  Bytes question(int node) {
    byte[] out = question.clone();
    int rest = node;
    for (int i = Rack.DIGITS - 1; i >= 0; i--) {
      out[NUMBER_AT + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return Bytes.wrap(out);
  }
}
