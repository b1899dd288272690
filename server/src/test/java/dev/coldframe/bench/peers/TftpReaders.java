package dev.coldframe.bench.peers;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// TFTP readers that start at once, each of which loads the same files one after another, from a
/// port of its own for each. A packet that no answer follows is sent again after a second.
///
/// What the network would do is done here, as the kernels of test machines cannot always: packets
/// are lost in both directions, always the same share and from the same seed, and what is sent is
/// held back for the round trip.
public final class TftpReaders {
  private static final long SECOND = 1_000_000_000L;
  private static final long REPEAT = SECOND;
  private static final int MAX_REPEATS = 20;
  private static final int MILLION = 1_000_000;
  private static final int LOOK_MILLIS = 5;

  private final Plan plan;
  private final Selector selector = Selector.open();
  private final SplittableRandom random = new SplittableRandom(1);
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private final InetSocketAddress port69 =
      new InetSocketAddress(InetAddress.ofLiteral(Link.SERVER), 69);

  /// In the order in which they leave.
  private final ArrayDeque<Held> held = new ArrayDeque<>();

  private final List<Reader> readers = new ArrayList<>();
  private long bytes;
  private int repeated;
  private int duplicates;
  private int failed;

  /// What they do.
  ///
  /// @param readers how many
  /// @param blockBytes of a block
  /// @param window blocks before an acknowledgement (RFC 7440)
  /// @param lossPerMillion packets of a million that are lost, in each direction
  /// @param roundTripMicros how long what is sent is held back
  /// @param files what each of them loads; a name that the server refuses is passed over
  record Plan(
      int readers,
      int blockBytes,
      int window,
      int lossPerMillion,
      int roundTripMicros,
      List<String> files) {
    private static final int NUMBERS = 5;

    static Plan parse(String[] words) {
      int[] n = Arrays.stream(words).limit(NUMBERS).mapToInt(Integer::parseInt).toArray();
      List<String> files = List.of(words).subList(NUMBERS, words.length);
      return new Plan(n[0], n[1], n[2], n[3], n[4], files);
    }

    /// The words that [#parse] reads.
    String[] words() {
      var words = new ArrayList<String>();
      for (int n : new int[] {readers, blockBytes, window, lossPerMillion, roundTripMicros}) {
        words.add(Integer.toString(n));
      }
      words.addAll(files);
      return words.toArray(String[]::new);
    }
  }

  private record Held(long due, Reader reader, Bytes packet, InetSocketAddress to) {}

  private TftpReaders(Plan plan) throws IOException {
    this.plan = plan;
  }

  /// Prints how long it took, what came and what went wrong.
  public static void main(String[] args) throws IOException {
    System.out.println(new TftpReaders(Plan.parse(args)).run());
  }

  private String run() throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < plan.readers(); i++) {
      var reader = new Reader();
      readers.add(reader);
      reader.next();
    }
    long swept = start;
    while (readers.stream().anyMatch(r -> !r.over)) {
      if (plan.roundTripMicros() > 0) {
        selector.selectNow(this::heard);
        release();
      } else {
        selector.select(this::heard, LOOK_MILLIS);
      }
      long now = System.nanoTime();
      if (now - swept > LOOK_MILLIS * SECOND / 1000) {
        swept = now;
        for (Reader reader : readers) {
          reader.repeatIfLate(now);
        }
      }
    }
    return String.format(
        Locale.ROOT,
        "nanos %d bytes %d repeated %d duplicates %d failed %d",
        System.nanoTime() - start,
        bytes,
        repeated,
        duplicates,
        failed);
  }

  private void release() throws IOException {
    while (!held.isEmpty() && held.getFirst().due() <= System.nanoTime()) {
      Held first = held.removeFirst();
      first.reader().transmit(first.packet(), first.to());
    }
  }

  private boolean isLost() {
    return plan.lossPerMillion() > 0 && random.nextInt(MILLION) < plan.lossPerMillion();
  }

  private void heard(SelectionKey key) {
    var reader = (Reader) key.attachment();
    try {
      in.clear();
      while (key.isValid() && reader.channel.receive(in) instanceof InetSocketAddress from) {
        if (!isLost()) {
          reader.take(in.flip(), from);
        }
        in.clear();
      }
    } catch (PortUnreachableException _) {
      // The end of a transfer that the server has forgotten.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One of them.
  private final class Reader {
    private DatagramChannel channel = DatagramChannel.open();
    private int file = -1;
    private TftpReading reading = new TftpReading(plan.blockBytes(), plan.window());
    private InetSocketAddress peer = port69;
    private Bytes last = Bytes.EMPTY;
    private long sent;
    private int repeats;
    private boolean over;

    private Reader() throws IOException {}

    private void next() throws IOException {
      channel.close();
      if (++file >= plan.files().size()) {
        over = true;
        return;
      }
      channel = DatagramChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral(Link.LOAD), 0));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
      reading = new TftpReading(plan.blockBytes(), plan.window());
      peer = port69;
      repeats = 0;
      send(reading.request(plan.files().get(file)));
    }

    private void take(ByteBuffer packet, InetSocketAddress from) throws IOException {
      if (peer.getPort() == port69.getPort()) {
        peer = from;
      }
      if (!from.equals(peer)) {
        return;
      }
      TftpReading.Step step = reading.take(packet);
      bytes += step.bytes();
      duplicates += step.duplicate() ? 1 : 0;
      if (step.bytes() > 0) {
        repeats = 0;
      }
      if (!step.answer().equals(Bytes.EMPTY)) {
        send(step.answer());
      }
      if (step.done()) {
        next();
      }
    }

    private void send(Bytes packet) throws IOException {
      last = packet;
      sent = System.nanoTime();
      if (plan.roundTripMicros() > 0) {
        held.add(new Held(sent + plan.roundTripMicros() * 1000L, this, packet, peer));
      } else {
        transmit(packet, peer);
      }
    }

    private void transmit(Bytes packet, InetSocketAddress to) throws IOException {
      if (channel.isOpen() && !isLost()) {
        channel.send(ByteBuffer.wrap(packet.toArray()), to);
      }
    }

    private void repeatIfLate(long now) throws IOException {
      if (over || now - sent < REPEAT) {
        return;
      }
      if (++repeats > MAX_REPEATS) {
        failed++;
        over = true;
        channel.close();
        return;
      }
      repeated++;
      send(last);
    }
  }
}
