package dev.coldframe.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/// Many TFTP readers of one file on one thread, behind a network that loses packets in both
/// directions. Each reads in windows (RFC 7440), looks at every byte and keeps none.
public final class LossyReaders implements AutoCloseable {
  private static final int BLOCK_BYTES = 1_468;
  private static final int WINDOW = 16;
  private static final int HEAD_BYTES = 4;
  private static final int DATA = 3;
  private static final int OACK = 6;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

  /// Who hears nothing for that long says again what it said last.
  private static final Duration PATIENCE = Duration.ofMillis(800);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final InetSocketAddress service;
  private final String path;
  private final byte[] file;
  private final double loss;
  private final Random random;
  private final Selector selector;
  private final List<Reader> readers = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(2_048);
  private final ByteBuffer ack = ByteBuffer.allocateDirect(HEAD_BYTES);
  private long lost;
  private long blocks;

  /// @param service whom they ask
  /// @param path what for
  /// @param file what they must get
  /// @param loss how likely a packet is lost, of 1
  /// @param seed what is lost
  public LossyReaders(InetSocketAddress service, String path, byte[] file, double loss, long seed)
      throws IOException {
    this.service = service;
    this.path = path;
    this.file = file;
    this.loss = loss;
    this.random = new Random(seed);
    this.selector = Selector.open();
  }

  /// One of them.
  private static final class Reader {
    final DatagramChannel channel;
    final String address;
    InetSocketAddress server;

    /// The block that comes next, from 1.
    long next = 1;

    boolean begun;
    boolean gapTold;
    int sinceAck;
    long heardNanos;
    long doneNanos;

    Reader(DatagramChannel channel, String address, InetSocketAddress server) {
      this.channel = channel;
      this.address = address;
      this.server = server;
    }
  }

  /// One more reader, at an address of its own.
  public void add(String address) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    channel.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    var reader = new Reader(channel, address, service);
    channel.register(selector, SelectionKey.OP_READ, reader);
    readers.add(reader);
  }

  /// All of them begin at once; returns when the last has the whole file.
  ///
  /// @param limit no longer than that
  /// @param look called now and then with how much all have together, in bytes
  /// @return how long each took, the fastest first
  public List<Duration> read(Duration limit, LongConsumer look) throws IOException {
    long began = System.nanoTime();
    for (Reader reader : readers) {
      reader.heardNanos = began;
      sendAgain(reader);
    }
    long nextLook = began;
    while (readers.stream().anyMatch(reader -> reader.doneNanos == 0)) {
      selector.select(this::drain, 20);
      long now = System.nanoTime();
      if (now - began > limit.toNanos()) {
        throw new AssertionError("not all have the file within " + limit + ": " + behind());
      }
      if (now >= nextLook) {
        nextLook = now + LOOK_NANOS;
        remind(now);
        look.accept(blocks * BLOCK_BYTES);
      }
    }
    return readers.stream().map(r -> Duration.ofNanos(r.doneNanos - began)).sorted().toList();
  }

  /// Goes on answering those blocks whose acknowledgement was lost, for as long.
  public void dally(Duration time) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      selector.select(this::drain, 20);
    }
  }

  private String behind() {
    return readers.stream()
        .filter(reader -> reader.doneNanos == 0)
        .map(reader -> reader.address + " at block " + reader.next)
        .limit(5)
        .toList()
        .toString();
  }

  /// How many packets were lost, in both directions.
  public long lost() {
    return lost;
  }

  private boolean isLost() {
    boolean gone = random.nextDouble() < loss;
    lost += gone ? 1 : 0;
    return gone;
  }

  private void remind(long now) throws IOException {
    for (Reader reader : readers) {
      if (reader.doneNanos == 0 && now - reader.heardNanos > PATIENCE.toNanos()) {
        reader.heardNanos = now;
        sendAgain(reader);
      }
    }
  }

  private void sendAgain(Reader reader) throws IOException {
    if (reader.begun) {
      acknowledge(reader);
    } else if (!isLost()) {
      Bytes request =
          TftpCodec.encode(
              new TftpMessage.Rrq(
                  path,
                  "octet",
                  TftpPeer.optionsOf(
                      "blksize",
                      Integer.toString(BLOCK_BYTES),
                      "windowsize",
                      Integer.toString(WINDOW))));
      reader.channel.send(ByteBuffer.wrap(request.toArray()), service);
    }
  }

  private void drain(SelectionKey key) {
    var reader = (Reader) key.attachment();
    try {
      for (var from = reader.channel.receive(in.clear());
          from != null;
          from = reader.channel.receive(in.clear())) {
        if (!isLost()) {
          reader.server = (InetSocketAddress) from;
          take(reader, in.flip());
        }
      }
    } catch (IOException e) {
      throw new AssertionError(reader.address, e);
    }
  }

  private void take(Reader reader, ByteBuffer packet) throws IOException {
    switch (packet.getShort()) {
      case OACK -> {
        reader.begun = true;
        acknowledge(reader);
      }
      case DATA -> block(reader, packet.getShort() & 0xffff, packet);
      default -> {
        if (reader.doneNanos == 0) {
          throw new AssertionError(
              reader.address + ": " + TftpCodec.decode(Bytes.wrap(rest(packet.rewind()))));
        }
      }
    }
    reader.heardNanos = System.nanoTime();
  }

  private static byte[] rest(ByteBuffer packet) {
    byte[] bytes = new byte[packet.remaining()];
    packet.get(bytes);
    return bytes;
  }

  private void block(Reader reader, int number, ByteBuffer payload) throws IOException {
    reader.begun = true;
    if (reader.doneNanos != 0) {
      acknowledge(reader);
      return;
    }
    if (number != (reader.next & 0xffff)) {
      // What arrived in order is acknowledged again, once for each gap (RFC 7440, section 4).
      if (!reader.gapTold) {
        reader.gapTold = true;
        acknowledge(reader);
      }
      return;
    }
    reader.gapTold = false;
    boolean last = payload.remaining() < BLOCK_BYTES;
    compare(reader, payload);
    reader.next++;
    blocks++;
    reader.sinceAck++;
    if (last) {
      reader.doneNanos = System.nanoTime();
    }
    if (last || reader.sinceAck >= WINDOW) {
      acknowledge(reader);
    }
  }

  private void compare(Reader reader, ByteBuffer payload) {
    int from = (int) ((reader.next - 1) * BLOCK_BYTES);
    int length = payload.remaining();
    assertThat(from + length).as("bytes of %s", reader.address).isLessThanOrEqualTo(file.length);
    int wrong = payload.mismatch(ByteBuffer.wrap(file, from, length));
    if (wrong >= 0) {
      throw new AssertionError(reader.address + ": another byte at " + (from + wrong));
    }
    if (length < BLOCK_BYTES) {
      assertThat(from + length).as("bytes of %s", reader.address).isEqualTo(file.length);
    }
  }

  private void acknowledge(Reader reader) throws IOException {
    reader.sinceAck = 0;
    if (!isLost()) {
      ack.clear().putShort((short) 4).putShort((short) (reader.next - 1)).flip();
      reader.channel.send(ack, reader.server);
    }
  }

  @Override
  public void close() throws IOException {
    for (Reader reader : readers) {
      reader.channel.close();
    }
    selector.close();
  }
}
