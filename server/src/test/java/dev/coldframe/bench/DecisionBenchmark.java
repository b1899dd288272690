package dev.coldframe.bench;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.DnsDecisions;
import dev.coldframe.decide.DnsOutcome;
import dev.coldframe.decide.DnsView;
import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.decide.HttpBootOutcome;
import dev.coldframe.decide.TftpDecisions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsWriter;
import dev.coldframe.wire.tftp.TftpCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A packet of the next node, from bytes to what is done about it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBenchmark {
  private static final int PORT = 40_000;
  private static final int MTU_BYTES = 1_500;

  /// How many nodes the rack has.
  @Param({"10", "100", "1000", "10000", "50000"})
  public int nodes;

  private final Requests requests = new Requests();
  private final DnsWriter writer = new DnsWriter();
  private Rack rack;
  private Dhcp dhcp;
  private DnsView view;

  /// Fills the rack.
  @Setup
  public void fill() {
    rack = new Rack(nodes);
    dhcp = new Dhcp(rack);
    view = DnsView.of(rack.world, Sites.T0);
  }

  /// DISCOVER to OFFER.
  @Benchmark
  public Bytes dhcpOffer() {
    return dhcp.answer(requests.discover(rack.next()));
  }

  /// REQUEST to ACK, with the lease written down.
  @Benchmark
  public Bytes dhcpAck() {
    return dhcp.answer(requests.request(rack.next()));
  }

  /// A read request to the paths that are looked for.
  @Benchmark
  public TftpOutcome.Transfer tftpPlan() {
    int node = rack.next();
    Ip4 source = Rack.address(node);
    var way = new TftpDecisions.Way(source, PORT, Rack.SERVER, 69, MTU_BYTES);
    var message = TftpCodec.decode(requests.read(node));
    return (TftpOutcome.Transfer) TftpDecisions.decide(message, way, caller(source), rack.world);
  }

  /// A request for a boot file to the paths that are looked for.
  @Benchmark
  public HttpBootOutcome.ServeFile httpPlan() {
    int node = rack.next();
    String target = "/-/boot/" + rack.node(node).name() + "/kernel8.img";
    var request = new HttpBootDecisions.Request("GET", target);
    Caller caller = caller(Rack.address(node));
    return (HttpBootOutcome.ServeFile) HttpBootDecisions.decide(request, caller, rack.world);
  }

  private Caller caller(Ip4 source) {
    return Caller.at(source, rack.world, _ -> Caller.Standing.USUAL);
  }

  /// A question for a node's address to its answer; one node asks for the next.
  @Benchmark
  public int dnsAnswer() {
    int node = rack.next();
    var asker = new DnsDecisions.Asker(Rack.address(node), PORT, 53, 0);
    var message = DnsCodec.decode(requests.question(node));
    DnsReply reply = ((DnsOutcome.Reply) DnsDecisions.decide(message, asker, view)).reply();
    if (reply.answers().size() != 1) {
      throw new IllegalStateException("not the answer to a name that is known");
    }
    return writer.write(reply, reply.query().maxUdpBytes());
  }
}
