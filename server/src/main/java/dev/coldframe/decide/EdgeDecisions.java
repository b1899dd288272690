package dev.coldframe.decide;

import dev.coldframe.decide.DhcpOutcome.Destination;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.Relaying;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What a relay at the edge does with a DHCP message (RFC 1542, section 4.1; RFC 3046, section
/// 2.1). It names the interface that a board is on, and asks to be named as the server, so that
/// renewals come to it too: the appliance itself cannot be reached from there (RFC 5107).
public final class EdgeDecisions {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MAX_HOPS = 16;
  private static final int BROADCAST_FLAG = 0x8000;
  private static final int CIRCUIT_ID = 1;
  private static final int REMOTE_ID = 2;
  private static final int SERVER_ID_OVERRIDE = 11;

  private EdgeDecisions() {}

  /// The relay itself.
  ///
  /// @param name what the appliance calls it; at most 63 characters
  /// @param interfaceName where it heard the message
  /// @param address its own address there
  public record Edge(String name, String interfaceName, Ip4 address) {}

  /// What is done with a client's message.
  public sealed interface Up {
    /// It goes to the appliance.
    record Pass(Bytes message) implements Up {}

    /// It does not; the reason is counted.
    record Drop(String reason) implements Up {}
  }

  /// What is done with the appliance's message.
  public sealed interface Down {
    /// It goes to a client.
    record Deliver(Bytes message, Destination to) implements Down {}

    /// It does not; the reason is counted.
    record Drop(String reason) implements Down {}
  }

  /// Decides about what was heard on the link.
  ///
  /// @param raw the same message as it came
  public static Up up(DhcpMessage request, Bytes raw, Edge edge) {
    if (request.op() != DhcpMessage.BOOTREQUEST) {
      return new Up.Drop("a reply, not a request");
    }
    if (request.hops() > MAX_HOPS) {
      return new Up.Drop("more than 16 relays");
    }
    if (request.giaddr().equals(edge.address())) {
      return new Up.Drop("a request of our own came back");
    }
    if (request.relayed()) {
      return new Up.Pass(raw);
    }
    if (request.options().has(OptionCode.RELAY_INFORMATION)) {
      return new Up.Drop("relay information without a relay");
    }
    return new Up.Pass(Relaying.mark(raw, request.hops() + 1, edge.address(), information(edge)));
  }

  /// Decides about what the appliance sent (RFC 2131, section 4.1).
  ///
  /// @param raw the same message as it came
  public static Down down(DhcpMessage reply, Bytes raw, Edge edge) {
    if (reply.op() != DhcpMessage.BOOTREPLY) {
      return new Down.Drop("a request, not a reply");
    }
    if (!reply.giaddr().equals(edge.address())) {
      return new Down.Drop("a reply for another relay");
    }
    return new Down.Deliver(Relaying.unmark(raw), destination(reply));
  }

  /// How long to wait before the appliance is called again.
  ///
  /// @param failures how often it was called in vain since it last answered; at least 1
  public static Duration pause(int failures) {
    return Duration.ofSeconds(
        Math.min(1L << Math.min(failures - 1, 10), LONGEST_PAUSE.toSeconds()));
  }

  private static Destination destination(DhcpMessage reply) {
    if (reply.type() == MessageType.NAK) {
      return new Destination.Broadcast();
    }
    if (reply.ciaddr().bits() != 0) {
      return new Destination.Address(reply.ciaddr());
    }
    boolean reachable =
        (reply.flags() & BROADCAST_FLAG) == 0
            && reply.yiaddr().bits() != 0
            && reply.htype() == DhcpMessage.ETHERNET
            && reply.chaddr().size() == 6;
    return reachable
        ? new Destination.Hardware(MacAddress.of(reply.chaddr()), reply.yiaddr())
        : new Destination.Broadcast();
  }

  private static Bytes information(Edge edge) {
    var out = new ByteArrayOutputStream();
    put(out, CIRCUIT_ID, edge.interfaceName().getBytes(StandardCharsets.UTF_8));
    put(out, REMOTE_ID, edge.name().getBytes(StandardCharsets.UTF_8));
    int own = edge.address().bits();
    put(
        out,
        SERVER_ID_OVERRIDE,
        new byte[] {(byte) (own >>> 24), (byte) (own >>> 16), (byte) (own >>> 8), (byte) own});
    return Bytes.copyOf(out.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, int code, byte[] value) {
    out.write(code);
    out.write(value.length);
    out.writeBytes(value);
  }
}
