package dev.coldframe.transport.ntp;

import dev.coldframe.decide.Measurement;
import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.net.ntp.NTPUDPClient;
import org.apache.commons.net.ntp.NtpV3Packet;
import org.apache.commons.net.ntp.TimeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks time servers for the time. Blocks; at most [#PATIENCE] for each server.
public final class TimeServers {
  private static final Logger LOG = LoggerFactory.getLogger(TimeServers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MAX_STRATUM = 14;
  private static final int UNSYNCHRONISED = 3;

  /// RFC 5905: half of the longest root distance that is still believed.
  private static final long MAX_ROOT_NANOS = 1_500_000_000L;

  private final int port;

  /// @param port the servers' UDP port
  public TimeServers(int port) {
    this.port = port;
  }

  /// The answer of the server that is nearest to its reference.
  public Optional<Measurement> measure(List<Ip4> servers) {
    var answers = new ArrayList<Measurement>();
    servers.forEach(server -> ask(server).ifPresent(answers::add));
    return answers.stream()
        .min(Comparator.comparingLong(m -> m.rootDispersionNanos() + m.rootDelayNanos() / 2));
  }

  private Optional<Measurement> ask(Ip4 server) {
    try (var client = new NTPUDPClient()) {
      client.setDefaultTimeout(PATIENCE);
      TimeInfo info = client.getTime(inet(server), port);
      Instant received = Instant.now();
      long steady = System.nanoTime();
      info.computeDetails();
      return judge(server, info, received, steady);
    } catch (IOException e) {
      LOG.debug("time server gave no answer server={}", server, e);
      return Optional.empty();
    }
  }

  /// commons-net has compared the packet's origin with what was sent, or offset and delay are
  /// absent.
  private static Optional<Measurement> judge(
      Ip4 server, TimeInfo info, Instant received, long steady) {
    NtpV3Packet packet = info.getMessage();
    boolean usable =
        packet.getMode() == NtpV3Packet.MODE_SERVER
            && packet.getLeapIndicator() != UNSYNCHRONISED
            && packet.getStratum() >= 1
            && packet.getStratum() <= MAX_STRATUM
            && info.getOffset() != null
            && info.getDelay() != null
            && info.getDelay() >= 0;
    if (!usable) {
      LOG.debug("time server is not synchronised server={}", server);
      return Optional.empty();
    }
    long delay = info.getDelay() * 1_000_000L + (long) (packet.getRootDelayInMillisDouble() * 1e6);
    // One millisecond for what commons-net rounds away.
    long dispersion = 1_000_000L + (long) (packet.getRootDispersionInMillisDouble() * 1e6);
    if (delay / 2 + dispersion > MAX_ROOT_NANOS) {
      return Optional.empty();
    }
    return Optional.of(
        new Measurement(
            server,
            packet.getStratum(),
            packet.getLeapIndicator(),
            received.plusMillis(info.getOffset()),
            steady,
            delay,
            dispersion));
  }

  private static InetAddress inet(Ip4 address) throws UnknownHostException {
    int bits = address.bits();
    return InetAddress.getByAddress(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }
}
