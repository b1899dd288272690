package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import dev.coldframe.wire.ntp.NtpDecode;
import dev.coldframe.wire.ntp.NtpReply;
import dev.coldframe.wire.ntp.NtpRequest;
import java.util.Optional;

/// What an NTP packet is answered. The one place where it is decided.
///
/// A clock that nobody vouches for still answers, but says so (leap 3, stratum 0): a client then
/// turns to its next server at once and does not wait.
public final class NtpDecisions {
  /// About a microsecond: what one reading of the clock costs here.
  private static final int PRECISION = -20;

  /// RFC 5905, section 7.4: the kiss code RATE.
  private static final int RATE = 'R' << 24 | 'A' << 16 | 'T' << 8 | 'E';

  private static final int UNSYNCHRONISED = 3;

  private NtpDecisions() {}

  /// Who asks, and how fast.
  ///
  /// @param source the sender's address
  /// @param sourcePort its port
  /// @param beyondLimit how many requests it has sent beyond the limit lately; 0: it keeps it
  public record Asker(Ip4 source, int sourcePort, int beyondLimit) {}

  /// Decides.
  ///
  /// @param receive when the packet came in, as a timestamp of the time that is served
  public static NtpOutcome decide(
      NtpDecode packet, Asker asker, World world, ServedTime time, long receive) {
    return switch (packet) {
      case NtpDecode.Noise(String reason) -> new NtpOutcome.Ignore(reason);
      case NtpDecode.Ok(NtpRequest request) -> {
        Optional<Network> network = world.networkOf(asker.source());
        if (network.isEmpty()) {
          yield new NtpOutcome.Ignore("source outside the served networks");
        }
        if (network.get().mode() == Network.Mode.OBSERVE) {
          yield new NtpOutcome.Ignore("observed only");
        }
        if (asker.sourcePort() == 0) {
          yield new NtpOutcome.Ignore("sent from port 0");
        }
        yield switch (asker.beyondLimit()) {
          case 0 -> new NtpOutcome.Reply(reply(request, time, receive));
          case 1 -> new NtpOutcome.Reply(kiss(request, receive));
          default -> new NtpOutcome.Ignore("over the rate limit");
        };
      }
    };
  }

  private static NtpReply reply(NtpRequest request, ServedTime time, long receive) {
    return new NtpReply(
        time.leap(),
        time.stratum(),
        PRECISION,
        time.rootDelay(),
        time.rootDispersion(),
        time.reference(),
        time.referenceTime(),
        receive,
        request);
  }

  private static NtpReply kiss(NtpRequest request, long receive) {
    return new NtpReply(UNSYNCHRONISED, 0, PRECISION, 0, 0, RATE, 0, receive, request);
  }
}
