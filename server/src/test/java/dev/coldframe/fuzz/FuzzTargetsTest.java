package dev.coldframe.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coldframe.boot.Viewer;
import dev.coldframe.decide.Arrival;
import dev.coldframe.decide.Caller;
import dev.coldframe.decide.DhcpDecisions;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.decide.DnsDecisions;
import dev.coldframe.decide.DnsOutcome;
import dev.coldframe.decide.DnsView;
import dev.coldframe.decide.EdgeDecisions;
import dev.coldframe.decide.Identify;
import dev.coldframe.decide.KernelClock;
import dev.coldframe.decide.NtpDecisions;
import dev.coldframe.decide.NtpOutcome;
import dev.coldframe.decide.ServedTime;
import dev.coldframe.decide.TftpDecisions;
import dev.coldframe.decide.UpstreamAnswer;
import dev.coldframe.decide.UpstreamDecisions;
import dev.coldframe.decide.mdns.HeardMachine;
import dev.coldframe.decide.mdns.HeardNames;
import dev.coldframe.decide.mdns.MdnsPlan;
import dev.coldframe.decide.mdns.MdnsResponder;
import dev.coldframe.decide.mdns.MdnsSend;
import dev.coldframe.decide.mdns.Peer;
import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.Cpio;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.Partition;
import dev.coldframe.disk.PartitionTable;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dhcp.ClasslessRoutes;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.dhcp.SearchList;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsNames;
import dev.coldframe.wire.dns.DnsQuestion;
import dev.coldframe.wire.dns.DnsRelay;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsType;
import dev.coldframe.wire.dns.DnsWriter;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeDecode;
import dev.coldframe.wire.edge.EdgeMessage;
import dev.coldframe.wire.install.InstallerText;
import dev.coldframe.wire.mdns.MdnsCodec;
import dev.coldframe.wire.mdns.MdnsDecode;
import dev.coldframe.wire.mdns.MdnsMessage;
import dev.coldframe.wire.ntp.NtpCodec;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/// One target for each thing that reads bytes of others, as far as the answer: nothing throws, what
/// is written can be read again, nothing outside is read. `scripts/fuzz` lists them by name.
@Tag("fuzz")
class FuzzTargetsTest {
  private static final String SEEDS = "dev.coldframe.fuzz.Seeds#";
  private static final MdnsPlan ANNOUNCED =
      new MdnsPlan(
          List.of("coldframe", "coldframe-2"),
          "rack",
          List.of(Ip4.parse("192.168.0.2")),
          List.of(new MdnsPlan.Service("_coldframe._tcp", 80, List.of("site=rack"))));
  private static final Ip4 GERANIUM = Ip4.parse("192.168.0.20");
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final String DAHLIA = "dc:a6:32:01:36:c2";
  private static final int MAX_OPTION_BYTES = 1_024;

  /// Of an archive: more say nothing new and take their time.
  private static final int MAX_ENTRIES = 16;

  private static final World WORLD = world();
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*");
  private static final Pattern PATH = Pattern.compile("[ -~]{1,100}");

  /// An EEPROM of each board that holds nothing, used again: two megabytes take their time.
  private static final List<byte[]> ERASED =
      Arrays.stream(EepromImage.Board.values()).map(FuzzTargetsTest::erased).toList();

  private static World world() {
    String geranium = "geranium.rack.home.arpa";
    var etcd =
        new ExtraName(
            List.of(),
            Optional.empty(),
            List.of(new ExtraName.Service(geranium, 2380, 0, 0)),
            List.of("v=1"));
    Map<String, ExtraName> extras = new LinkedHashMap<>(Sites.site().records());
    extras.put("wiki", ExtraName.aliasOf(geranium));
    extras.put("_etcd._tcp", etcd);
    Site site = Sites.withUpstream(Sites.withExtras(Sites.site(), extras), "9.9.9.9");
    return Sites.world(site);
  }

  @MethodSource(SEEDS + "dhcp")
  @FuzzTest
  void dhcp(byte[] data) {
    if (DhcpCodec.decode(Bytes.copyOf(data)) instanceof Decode.Ok(DhcpMessage message)) {
      var arrival = new Arrival("eth0", List.of(SERVER), Ip4.ANY, 68, Ip4.BROADCAST, 67);
      answer(message, arrival);
    }
  }

  @MethodSource(SEEDS + "relayInformation")
  @FuzzTest
  void relayInformation(byte[] data) {
    Bytes value = Bytes.copyOf(Arrays.copyOf(data, Math.min(data.length, MAX_OPTION_BYTES)));
    DhcpRequest request =
        DhcpRequest.pi4(DAHLIA)
            .put(OptionCode.RELAY_INFORMATION, value)
            .through(Ip4.parse("192.168.0.1"));
    answer(request.message(), request.arrival());
  }

  @MethodSource(SEEDS + "dhcp")
  @FuzzTest
  void relaying(byte[] data) {
    Bytes raw = Bytes.copyOf(data);
    if (DhcpCodec.decode(raw) instanceof Decode.Ok(DhcpMessage message)) {
      var edge = new EdgeDecisions.Edge("edge1", "eth1", SERVER);
      if (EdgeDecisions.up(message, raw, edge) instanceof EdgeDecisions.Up.Pass(Bytes passed)) {
        assertThat(DhcpCodec.decode(passed)).isInstanceOf(Decode.Ok.class);
      }
      if (EdgeDecisions.down(message, raw, edge)
          instanceof EdgeDecisions.Down.Deliver(Bytes delivered, var _)) {
        assertThat(DhcpCodec.decode(delivered)).isInstanceOf(Decode.Ok.class);
      }
    }
  }

  @MethodSource(SEEDS + "edge")
  @FuzzTest
  void edge(byte[] data) {
    if (EdgeCodec.decode(Bytes.copyOf(data)) instanceof EdgeDecode.Ok(EdgeMessage message)) {
      Bytes framed = EdgeCodec.encode(message);
      assertThat(EdgeCodec.decode(framed.slice(4, framed.size())))
          .isEqualTo(new EdgeDecode.Ok(message));
    }
  }

  @MethodSource(SEEDS + "clientName")
  @FuzzTest
  void clientName(byte[] data) {
    Bytes value = Bytes.copyOf(Arrays.copyOf(data, Math.min(data.length, MAX_OPTION_BYTES)));
    DhcpRequest request = DhcpRequest.pi4(DAHLIA).put(81, value).put(OptionCode.HOST_NAME, value);
    answer(request.message(), request.arrival());
  }

  private static void answer(DhcpMessage message, Arrival arrival) {
    var book = new LeaseBook(List.of());
    Identify.from(message, arrival, WORLD.quirks())
        .map(who ->
            DhcpDecisions.decide(
                new DhcpDecisions.Question(
                    message, who, arrival, WORLD, book, new Recent(), Sites.T0)))
        .ifPresent(decision -> {
          if (decision.outcome() instanceof DhcpOutcome.Reply reply) {
            for (int max : new int[] {300, 548, 1_472}) {
              Bytes written = DhcpCodec.encode(reply.message(), max);
              assertThat(written.size()).isLessThanOrEqualTo(max);
              assertThat(DhcpCodec.decode(written)).isInstanceOf(Decode.Ok.class);
            }
          }
        });
  }

  @MethodSource(SEEDS + "searchList")
  @FuzzTest
  void searchList(byte[] data) {
    List<String> domains =
        new String(data, StandardCharsets.ISO_8859_1)
            .lines()
            .filter(line -> line.length() <= 253)
            .filter(line -> NAME.matcher(line).matches())
            .limit(100)
            .toList();
    Bytes encoded = SearchList.encode(domains);
    var read = new ArrayList<String>();
    for (int at = 0; at < encoded.size(); ) {
      var name = new ArrayList<String>();
      at = name(encoded, at, name);
      read.add(String.join(".", name));
    }
    assertThat(read).isEqualTo(domains);
  }

  /// Reads a name whose pointers lead back only (RFC 1035, section 4.1.4).
  private static int name(Bytes in, int from, List<String> labels) {
    int at = from;
    while (in.unsigned(at) != 0) {
      if (in.unsigned(at) >= 0xc0) {
        int target = in.shortAt(at) & 0x3fff;
        assertThat(target).isLessThan(from);
        name(in, target, labels);
        return at + 2;
      }
      labels.add(DnsNames.label(in, at));
      at += 1 + in.unsigned(at);
    }
    return at + 1;
  }

  @MethodSource(SEEDS + "routes")
  @FuzzTest
  void routes(byte[] data) {
    var routes = new ClasslessRoutes();
    var expected = new ArrayList<String>();
    for (var in = ByteBuffer.wrap(data); in.remaining() >= 9; ) {
      int prefix = in.get() & 31;
      var to = new Cidr(new Ip4(in.getInt() & (prefix == 0 ? 0 : (-1 << (32 - prefix)))), prefix);
      var via = new Ip4(in.getInt());
      routes.add(to, via);
      expected.add(to + " " + via);
    }
    Bytes encoded = routes.encode();
    var read = new ArrayList<String>();
    for (int at = 0; at < encoded.size(); ) {
      int prefix = encoded.unsigned(at++);
      int bits = 0;
      int octets = (prefix + 7) / 8;
      for (int i = 0; i < octets; i++) {
        bits |= encoded.unsigned(at++) << (24 - (8 * i));
      }
      read.add(new Cidr(new Ip4(bits), prefix) + " " + new Ip4(encoded.intAt(at)));
      at += 4;
    }
    assertThat(read).isEqualTo(expected);
  }

  @MethodSource(SEEDS + "dns")
  @FuzzTest
  void dns(byte[] data) {
    DnsDecode decoded = DnsCodec.decode(Bytes.copyOf(data));
    var asker = new DnsDecisions.Asker(GERANIUM, 40_000, 53, 0);
    if (DnsDecisions.decide(decoded, asker, DnsView.of(WORLD, Sites.T0))
        instanceof DnsOutcome.Reply(DnsReply reply)) {
      var writer = new DnsWriter();
      for (int max : new int[] {reply.query().maxUdpBytes(), DnsWriter.MAX_TCP_BYTES}) {
        int length = writer.write(reply, max);
        assertThat(length).isLessThanOrEqualTo(max);
        var message = DnsText.read(Arrays.copyOf(writer.buffer(), length));
        assertThat(message.getHeader().getID()).isEqualTo(reply.query().id());
      }
    }
  }

  @MethodSource(SEEDS + "upstream")
  @FuzzTest
  void upstream(byte[] data) {
    var asked = new DnsQuestion(DnsNames.of("www.example.org"), DnsType.A, false, false);
    Bytes response = Bytes.copyOf(data);
    if (UpstreamDecisions.judge(response, asked, 0x1234, WORLD)
        instanceof UpstreamAnswer.Accepted(Bytes message, int _)) {
      var question = DnsText.withEdns(DnsText.question("WWW.example.org", "A"), 512, 0);
      var query = ((DnsDecode.Ok) DnsCodec.decode(DnsText.bytes(question))).query();
      for (int max : new int[] {512, DnsWriter.MAX_TCP_BYTES}) {
        byte[] out = DnsRelay.relay(message, query, 3_600, max);
        assertThat(out.length).isLessThanOrEqualTo(max);
        assertThat(DnsText.read(out).getHeader().getID()).isEqualTo(query.id());
      }
    }
  }

  @MethodSource(SEEDS + "mdns")
  @FuzzTest
  void mdns(byte[] data) {
    if (!(MdnsCodec.decode(Bytes.copyOf(data)) instanceof MdnsDecode.Ok(MdnsMessage message))) {
      return;
    }
    Peer neighbour = new Peer(GERANIUM, Peer.MDNS_PORT);
    Peer resolver = new Peer(GERANIUM, 40_000);
    var responder = new MdnsResponder(ANNOUNCED, _ -> 0, 0);
    int names = 0;
    long now = 0;
    for (int second = 0; second < 6; second++) {
      var sends = new ArrayList<>(responder.wake(now));
      sends.addAll(responder.receive(message, neighbour, false, now));
      sends.addAll(responder.receive(message, resolver, false, now));
      for (MdnsSend send : sends) {
        assertThat(MdnsCodec.decode(MdnsCodec.encode(send.message())))
            .isInstanceOf(MdnsDecode.Ok.class);
      }
      now += Duration.ofSeconds(1).toNanos();
    }
    var heard = new HeardNames(0);
    heard.hear(message, GERANIUM, 0);
    for (HeardMachine machine : heard.machines()) {
      names += machine.names().size();
    }
    assertThat(names).isLessThanOrEqualTo(message.answers().size() + message.additional().size());
    for (MdnsMessage question : heard.tick(List.of(GERANIUM), now)) {
      assertThat(question.response()).isFalse();
    }
  }

  @MethodSource(SEEDS + "ntp")
  @FuzzTest
  void ntp(byte[] data) {
    var known =
        new ServedTime.Known(
            Site.TimeSource.LOCAL, KernelClock.UNKNOWN, Optional.empty(), Sites.T0, 0);
    var asker = new NtpDecisions.Asker(GERANIUM, 123, 0);
    if (NtpDecisions.decide(
            NtpCodec.decode(Bytes.copyOf(data)), asker, WORLD, ServedTime.choose(known), 77)
        instanceof NtpOutcome.Reply(var reply)) {
      var out = ByteBuffer.allocate(NtpCodec.PACKET_BYTES);
      NtpCodec.encode(reply, 78, out);
      assertThat(out.position()).isLessThanOrEqualTo(data.length);
      assertThat(Arrays.copyOfRange(out.array(), 24, 32))
          .isEqualTo(Arrays.copyOfRange(data, 40, 48));
    }
  }

  @MethodSource(SEEDS + "tftp")
  @FuzzTest
  void tftp(byte[] data) {
    TftpMessage message = TftpCodec.decode(Bytes.copyOf(data));
    if (!(message instanceof TftpMessage.Malformed)) {
      assertThat(TftpCodec.decode(TftpCodec.encode(message))).isEqualTo(message);
    }
    var way = new TftpDecisions.Way(GERANIUM, 2_000, SERVER, 69, 1_500);
    Caller caller = new Caller.OfNode(WORLD.node("geranium").orElseThrow(), false);
    assertThat(TftpDecisions.decide(message, way, caller, WORLD)).isNotNull();
    assertThat(caller.viewer(WORLD)).containsInstanceOf(Viewer.OfNode.class);
  }

  @MethodSource(SEEDS + "fat")
  @FuzzTest
  void fat(byte[] data) throws IOException {
    var disk = new FuzzDisk(data, 64L << 20);
    FatVolume.read(disk, new ByteRange(0, disk.sizeBytes()))
        .good()
        .ifPresent(volume ->
            volume
                .files()
                .values()
                .forEach(file -> {
                  long length = 0;
                  for (ByteRange run : file.runs()) {
                    assertThat(run.first()).isNotNegative();
                    assertThat(run.first() + run.length()).isLessThanOrEqualTo(disk.sizeBytes());
                    length += run.length();
                  }
                  assertThat(length).isEqualTo(file.sizeBytes());
                }));
  }

  @MethodSource(SEEDS + "partitions")
  @FuzzTest
  void partitions(byte[] data) throws IOException {
    var disk = new FuzzDisk(sealed(data), 4_096 * 512);
    PartitionTable.read(disk)
        .good()
        .ifPresent(table -> {
          for (Partition partition : table.partitions()) {
            ByteRange range = partition.area();
            assertThat(range.first()).isNotNegative();
            assertThat(range.first() + range.length()).isLessThanOrEqualTo(disk.sizeBytes());
          }
        });
  }

  /// With the check sums of a GPT that the fuzzer would not find.
  private static byte[] sealed(byte[] data) {
    byte[] out = Arrays.copyOf(data, Math.max(data.length, 4 * 512));
    var numbers = ByteBuffer.wrap(out).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    long table = (long) Math.clamp(numbers.getLong(512 + 80) & 0xffff, 0, 128) * 128;
    byte[] entries = Arrays.copyOfRange(out, 1024, 1024 + (int) table);
    numbers.putInt(512 + 88, crc(entries));
    numbers.putInt(512 + 16, 0);
    numbers.putInt(512 + 16, crc(Arrays.copyOfRange(out, 512, 512 + 92)));
    return out;
  }

  private static int crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @MethodSource(SEEDS + "archive")
  @FuzzTest
  void archive(byte[] data) throws IOException {
    var entries = new LinkedHashMap<String, Cpio.Entry>();
    String[] parts = new String(data, StandardCharsets.ISO_8859_1).split("\0", -1);
    for (int i = 0; i + 1 < parts.length && entries.size() < MAX_ENTRIES; i += 2) {
      if (PATH.matcher(parts[i]).matches() && !parts[i].equals("TRAILER!!!")) {
        Bytes content = Bytes.of(parts[i + 1], StandardCharsets.ISO_8859_1);
        int mode = parts[i + 1].length() & 0777;
        entries.putIfAbsent(parts[i], Cpio.Entry.file(parts[i], mode, content));
      }
    }
    Bytes archive = Cpio.of(List.copyOf(entries.values()));
    assertThat(archive.size() % 4).isZero();
    var read = new ArrayList<Cpio.Entry>();
    try (var in = new CpioArchiveInputStream(new ByteArrayInputStream(archive.toArray()))) {
      for (var e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        Bytes content = Bytes.wrap(in.readAllBytes());
        read.add(Cpio.Entry.file(e.getName(), (int) e.getMode() & 0777, content));
      }
    }
    assertThat(read).containsExactlyElementsOf(entries.values());
  }

  @MethodSource(SEEDS + "eeprom")
  @FuzzTest
  void eeprom(byte[] data) {
    for (byte[] image : ERASED) {
      int length = Math.min(data.length, image.length);
      System.arraycopy(data, 0, image, 0, length);
      try {
        EepromImage.read(Bytes.wrap(image)).good().ifPresent(FuzzTargetsTest::edit);
      } finally {
        Arrays.fill(image, 0, length, (byte) 0xff);
      }
    }
  }

  private static byte[] erased(EepromImage.Board board) {
    byte[] image = new byte[board.sizeBytes()];
    Arrays.fill(image, (byte) 0xff);
    return image;
  }

  private static void edit(EepromImage image) {
    Bytes conf = Bytes.of("[all]\nBOOT_ORDER=0xf21\n", StandardCharsets.US_ASCII);
    image
        .with(BootConf.FILE, conf)
        .good()
        .ifPresent(edited -> {
          assertThat(edited.bytes().size()).isEqualTo(image.bytes().size());
          assertThat(edited.file(BootConf.FILE)).contains(conf);
          assertThat(EepromImage.read(edited.bytes()).good()).contains(edited);
        });
  }

  @MethodSource(SEEDS + "installer")
  @FuzzTest
  void installer(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    InstallerText.disks(text)
        .ifPresent(disks ->
            assertThat(disks)
                .hasSizeLessThanOrEqualTo(InstallerText.MAX_DISKS)
                .allMatch(d -> d.sizeBytes() >= 0));
    InstallerText.sectors(text)
        .ifPresent(shown -> assertThat(shown.pieces()).allMatch(piece -> !piece.bytes().isEmpty()));
  }
}
