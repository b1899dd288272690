package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Boards that ask a server the same few questions as often as it answers them: whoever watches the
/// server meanwhile sees what it does most. Nothing is judged but that answers come.
public final class Drill {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PIPELINED = 8;
  private static final int DNS = 53;
  private static final int NTP = 123;
  private static final int HTTP = 80;
  private static final int NTP_BYTES = 48;

  /// Mode 3, version 4 (RFC 5905, section 7.3).
  private static final byte NTP_CLIENT = 0x23;

  private static final int STRANGERS_AT_ONCE = 16;

  /// Of all boards together less than the pool has addresses.
  private static final long MAX_LEASES = 4_000;

  /// The strangers of one board have 65,536 hardware addresses of their own, locally administered.
  private static final int STRANGERS_BITS = 16;

  private static final long PRIVATE_USE = 0x0200_0000_0000L;
  private static final long MASK = 0x00ff_ffff_0000L;

  /// A rendered file of every boot tree.
  private static final String FILE = "/config.txt";

  private final BoardSpec board;
  private final Cable cable;
  private final Ip4 server;
  private final Duration each;

  private Drill(BoardSpec board, Cable cable, Ip4 server, Duration each) {
    this.board = board;
    this.cable = cable;
    this.server = server;
    this.each = each;
  }

  /// How many answers came.
  ///
  /// @param pins DHCP exchanges of nodes
  /// @param leases DHCP exchanges of boards that nobody knew
  public record Heard(long pins, long leases, long http, long dns, long ntp) {
    private Heard plus(Heard other) {
      return new Heard(
          pins + other.pins,
          leases + other.leases,
          http + other.http,
          dns + other.dns,
          ntp + other.ntp);
    }
  }

  /// Asks from all boards at once, one kind of question after another.
  ///
  /// @param boards that have booted on that cable before; each has the name of its node
  /// @param server the appliance's address in the site
  /// @param domain the site's
  /// @param each how long each kind is asked
  /// @throws IOException when no answer comes
  /// @throws InterruptedException when the calling thread was interrupted
  public static Heard run(
      List<BoardSpec> boards, Cable cable, Ip4 server, String domain, Duration each)
      throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Heard>> drills =
          boards.stream()
              .<Callable<Heard>>map(
                  board -> () -> new Drill(board, cable, server, each).run(domain))
              .toList();
      Heard all = new Heard(0, 0, 0, 0, 0);
      for (Future<Heard> drill : threads.invokeAll(drills)) {
        if (drill.state() == Future.State.FAILED) {
          throw new IOException(drill.exceptionNow().getMessage(), drill.exceptionNow());
        }
        all = all.plus(drill.resultNow());
      }
      return all;
    }
  }

  private Heard run(String domain) throws IOException, InterruptedException, BootFailure {
    Ip4 self;
    long pins;
    try (Cable.DhcpPort port = cable.plug(board.mac())) {
      Bench bench = bench(board, port);
      self = bench.dhcp(DhcpClient.SYSTEM).address();
      pins = 1;
      for (long end = end(); System.nanoTime() < end; pins++) {
        bench.dhcp(DhcpClient.SYSTEM);
      }
    }
    long leases = leases();
    long http = http(self);
    long dns = datagrams(self, DNS, question(board.name() + "." + domain));
    byte[] time = new byte[NTP_BYTES];
    time[0] = NTP_CLIENT;
    return new Heard(pins, leases, http, dns, datagrams(self, NTP, Bytes.wrap(time)));
  }

  private Bench bench(BoardSpec spec, Cable.DhcpPort port) {
    var random = new SplittableRandom(spec.mac().bits());
    return new Bench(spec, cable, port, new Diary(spec, Listener.SILENT), Pace.REAL, random);
  }

  private long end() {
    return System.nanoTime() + each.toNanos();
  }

  /// Each from a board that was never there before; several at a time, because each waits until its
  /// lease is on disk.
  private long leases() throws IOException, InterruptedException {
    long end = end();
    var next = new AtomicLong(((board.mac().bits() << STRANGERS_BITS) & MASK) | PRIVATE_USE);
    var given = new LongAdder();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> strangers =
          Collections.nCopies(
              STRANGERS_AT_ONCE,
              () -> {
                while (System.nanoTime() < end && given.sum() < MAX_LEASES) {
                  lease(new MacAddress(next.getAndIncrement()));
                  given.increment();
                }
                return null;
              });
      for (Future<Void> stranger : threads.invokeAll(strangers)) {
        if (stranger.state() == Future.State.FAILED) {
          throw new IOException(stranger.exceptionNow().getMessage(), stranger.exceptionNow());
        }
      }
    }
    return given.sum();
  }

  private void lease(MacAddress mac) throws IOException, InterruptedException, BootFailure {
    var stranger = BoardSpec.plausible("stranger", Optional.of(mac), Optional.empty(), false);
    try (Cable.DhcpPort port = cable.plug(mac)) {
      bench(stranger, port).dhcp(DhcpClient.SYSTEM);
    }
  }

  /// One connection, several requests on their way at a time; answers to one question are of one
  /// length.
  private long http(Ip4 self) throws IOException, BootFailure {
    String ask = "GET " + FILE + " HTTP/1.1\r\nHost: " + server + "\r\n\r\n";
    byte[] several = ask.repeat(PIPELINED).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = cable.tcp(self, server, cable.port(HTTP), PATIENCE)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
      String head = PlainHttp.head(in, FILE);
      long length = (long) head.length() + PlainHttp.length(head, FILE);
      in.skipNBytes(length - head.length());
      long answers = 1;
      for (long end = end(); System.nanoTime() < end; answers += PIPELINED) {
        socket.getOutputStream().write(several);
        in.skipNBytes(length * PIPELINED);
      }
      return answers;
    }
  }

  private long datagrams(Ip4 self, int port, Bytes question)
      throws IOException, InterruptedException {
    try (Cable.UdpPort udp = cable.udp(self, 0)) {
      long answers = 0;
      for (long end = end(); System.nanoTime() < end; answers++) {
        udp.send(question, server, cable.port(port));
        if (udp.receive(PATIENCE).isEmpty()) {
          throw new IOException("no answer from port " + port);
        }
      }
      return answers;
    }
  }

  /// A query for an address (RFC 1035, section 4.1).
  private static Bytes question(String name) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.parseHex("000101000001000000000000").toArray());
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(Bytes.parseHex("0000010001").toArray());
    return Bytes.wrap(out.toByteArray());
  }
}
