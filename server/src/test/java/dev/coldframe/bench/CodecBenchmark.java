package dev.coldframe.bench;

import dev.coldframe.decide.KernelClock;
import dev.coldframe.decide.NtpDecisions;
import dev.coldframe.decide.NtpOutcome;
import dev.coldframe.decide.ServedTime;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Golden;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.ntp.NtpCodec;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Bytes to messages and back, and the one answer that knows no nodes.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private static final int MAX_REPLY_BYTES = 1_400;
  private static final int CLIENT = 40_000;

  private final Rack rack = new Rack(1);
  private final Requests requests = new Requests();
  private final Bytes discover = Golden.bytes("dhcp/pi4-eeprom-1");
  private final DhcpMessage reply;
  private final Bytes read = requests.read(0);
  private final Bytes clockRequest = Bytes.parseHex("23" + "00".repeat(39) + "e9d0000012345678");
  private final ByteBuffer packet = ByteBuffer.allocate(NtpCodec.PACKET_BYTES);
  private final ServedTime time =
      ServedTime.choose(
          new ServedTime.Known(
              Site.TimeSource.LOCAL, KernelClock.UNKNOWN, Optional.empty(), Sites.T0, 0));

  /// The messages that are read and written.
  public CodecBenchmark() {
    reply = new Dhcp(rack).reply(requests.request(0)).message();
  }

  /// A Pi 4's DISCOVER.
  @Benchmark
  public DhcpMessage dhcpDecode() {
    return ((Decode.Ok) DhcpCodec.decode(discover)).message();
  }

  /// The ACK to a Pi 4, with all that its loader asks for.
  @Benchmark
  public Bytes dhcpEncode() {
    return DhcpCodec.encode(reply, MAX_REPLY_BYTES);
  }

  /// A loader's read request with two options.
  @Benchmark
  public TftpMessage.Rrq tftpDecode() {
    return (TftpMessage.Rrq) TftpCodec.decode(read);
  }

  /// The time, from packet to packet.
  @Benchmark
  public ByteBuffer sntpAnswer() {
    var asker = new NtpDecisions.Asker(Rack.address(0), CLIENT, 0);
    long received = time.referenceTime();
    var outcome =
        NtpDecisions.decide(NtpCodec.decode(clockRequest), asker, rack.world, time, received);
    NtpCodec.encode(((NtpOutcome.Reply) outcome).reply(), received, packet.clear());
    return packet;
  }
}
