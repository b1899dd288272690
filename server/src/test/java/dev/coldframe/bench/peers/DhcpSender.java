package dev.coldframe.bench.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;

/// Pinned clients behind a relay, in turns: whole exchanges or renewals, as fast as 64 on the way
/// let it or at a fixed rate. Prints how many were complete, in what time, and what 99 of 100 took
/// at most, from when each should have begun: who is kept waiting by another's stall counts too.
public final class DhcpSender {
  private static final int AT_ONCE = 64;
  private static final long SECOND = 1_000_000_000L;

  /// What is not answered by then is lost, and took that long.
  private static final long PATIENCE = SECOND;

  private static final int OFFER = 2;
  private static final int ACK = 5;

  private final DatagramChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
  private final ByteBuffer out = ByteBuffer.allocateDirect(DhcpQuestion.BYTES);
  private final Client[] clients;

  /// In the order in which they began.
  private final ArrayDeque<Begun> waiting = new ArrayDeque<>();

  private final Took took = new Took();
  private int next;
  private int open;
  private int done;
  private int lost;

  private enum State {
    IDLE,
    OFFERED_SOON,
    ACKED_SOON
  }

  private static final class Client {
    private State state = State.IDLE;
    private int turn;
    private int address;
    private long due;
  }

  private record Begun(int client, int turn) {}

  private DhcpSender(int number, DatagramChannel channel) {
    this.channel = channel;
    clients = new Client[number];
    Arrays.setAll(clients, i -> new Client());
  }

  /// `DhcpSender renew|exchange CLIENTS SECONDS [PER-SECOND]`.
  public static void main(String[] args) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral(Link.LOAD), 67));
      channel.connect(new InetSocketAddress(InetAddress.ofLiteral(Link.SERVER), 67));
      channel.configureBlocking(false);
      var sender = new DhcpSender(Integer.parseInt(args[1]), channel);
      boolean renew = args[0].equals("renew");
      if (renew) {
        sender.lease();
      }
      long rate = args.length > 3 ? Long.parseLong(args[3]) : 0;
      System.out.println(sender.run(renew, Long.parseLong(args[2]) * SECOND, rate));
    }
  }

  /// An address for each client.
  private void lease() throws IOException {
    long end = System.nanoTime() + 30 * SECOND;
    while (Arrays.stream(clients).anyMatch(c -> c.address == 0)) {
      if (System.nanoTime() > end) {
        throw new IOException("not every client got an address");
      }
      if (open < AT_ONCE) {
        begin(false, System.nanoTime());
      }
      hear();
    }
    while (open > 0) {
      hear();
    }
    done = 0;
    lost = 0;
    took.clear();
  }

  private String run(boolean renew, long nanos, long rate) throws IOException {
    long start = System.nanoTime();
    long begun = 0;
    long now = start;
    while (now - start < nanos) {
      long due = rate == 0 ? now : start + begun * SECOND / rate;
      if (rate == 0 ? open < AT_ONCE : due <= now) {
        begun++;
        begin(renew, due);
      }
      hear();
      now = System.nanoTime();
    }
    int complete = done;
    while (open > 0) {
      hear();
    }
    return String.format(
        Locale.ROOT, "complete %d in %d p99 %d lost %d", complete, now - start, took.p99(), lost);
  }

  /// The next client's turn; one that still waits is passed over, and what it should have begun
  /// counts as lost.
  private void begin(boolean renew, long due) throws IOException {
    int number = next;
    next = (next + 1) % clients.length;
    Client client = clients[number];
    if (client.state != State.IDLE) {
      lose();
      return;
    }
    client.turn++;
    client.due = due;
    client.state = renew ? State.ACKED_SOON : State.OFFERED_SOON;
    open++;
    waiting.add(new Begun(number, client.turn));
    DhcpQuestion kind = renew ? DhcpQuestion.RENEW : DhcpQuestion.DISCOVER;
    send(kind, number, client);
  }

  private void send(DhcpQuestion kind, int number, Client client) throws IOException {
    kind.write(out.clear(), number, client.turn, client.address);
    channel.write(out.flip());
  }

  private void lose() {
    lost++;
    took.add(PATIENCE);
  }

  /// One answer, if there is any, and those who waited too long.
  private void hear() throws IOException {
    in.clear();
    if (channel.read(in) > 0) {
      heard(in.flip());
    }
    long now = System.nanoTime();
    while (!waiting.isEmpty()) {
      Begun first = waiting.getFirst();
      Client client = clients[first.client()];
      boolean over = client.turn != first.turn() || client.state == State.IDLE;
      if (!over && now - client.due < PATIENCE) {
        return;
      }
      waiting.removeFirst();
      if (!over) {
        client.state = State.IDLE;
        open--;
        lose();
      }
    }
  }

  private void heard(ByteBuffer answer) throws IOException {
    int number = DhcpQuestion.client(answer);
    if (number < 0 || number >= clients.length) {
      return;
    }
    Client client = clients[number];
    int type = DhcpQuestion.type(answer);
    boolean current = DhcpQuestion.turn(answer) == (client.turn & DhcpQuestion.TURNS);
    if (current && type == OFFER && client.state == State.OFFERED_SOON) {
      client.address = DhcpQuestion.address(answer);
      client.state = State.ACKED_SOON;
      send(DhcpQuestion.REQUEST, number, client);
    } else if (current && type == ACK && client.state == State.ACKED_SOON) {
      client.address = DhcpQuestion.address(answer);
      client.state = State.IDLE;
      open--;
      done++;
      took.add(System.nanoTime() - client.due);
    }
  }

  /// How long each took.
  static final class Took {
    private long[] nanos = new long[1 << 16];
    private int count;

    void add(long one) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = one;
    }

    void clear() {
      count = 0;
    }

    /// What 99 of 100 took at most; 0 when there was none.
    long p99() {
      Arrays.sort(nanos, 0, count);
      return count == 0 ? 0 : nanos[(int) Math.ceil(0.99 * count) - 1];
    }
  }
}
