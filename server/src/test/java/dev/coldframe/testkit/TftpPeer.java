package dev.coldframe.testkit;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import dev.coldframe.wire.tftp.TftpMessage.Option;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A TFTP client that says exactly what the test wants.
public final class TftpPeer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final DatagramSocket socket;
  private final InetSocketAddress service;
  private InetSocketAddress server;
  private Random random = new Random(0);
  private double loss;

  /// A client at a loopback address.
  public TftpPeer(String address, InetSocketAddress service) {
    try {
      this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
      socket.setReceiveBufferSize(1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.service = service;
    this.server = service;
  }

  /// Sends a read request to the service port.
  ///
  /// @param options name, value, name, value …
  public void ask(String name, String... options) {
    server = service;
    send(new TftpMessage.Rrq(name, "octet", optionsOf(options)));
  }

  /// Options given as name, value, name, value …
  public static List<Option> optionsOf(String... pairs) {
    var out = new ArrayList<Option>();
    for (int i = 0; i < pairs.length; i += 2) {
      out.add(new Option(pairs[i], pairs[i + 1]));
    }
    return out;
  }

  /// Sends to where the last packet came from.
  public void send(TftpMessage message) {
    if (lost()) {
      return;
    }
    send(TftpCodec.encode(message), server);
  }

  public void ack(int block) {
    send(new TftpMessage.Ack(block));
  }

  public void send(Bytes packet, InetSocketAddress to) {
    try {
      socket.send(new DatagramPacket(packet.toArray(), packet.size(), to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next packet; fails when none comes.
  public TftpMessage receive() {
    return receive(PATIENCE)
        .orElseThrow(() -> new AssertionError("nothing received within " + PATIENCE));
  }

  /// The next packet within a time.
  public Optional<TftpMessage> receive(Duration patience) {
    byte[] buffer = new byte[66_000];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    try {
      socket.setSoTimeout((int) patience.toMillis());
      socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (lost()) {
      return receive(patience);
    }
    server = (InetSocketAddress) packet.getSocketAddress();
    Bytes bytes = Bytes.copyOf(buffer).slice(0, packet.getLength());
    return Optional.of(TftpCodec.decode(bytes));
  }

  /// The next packet as a block.
  public TftpMessage.Data receiveBlock() {
    if (receive() instanceof TftpMessage.Data data) {
      return data;
    }
    throw new AssertionError("not a block");
  }

  /// Fetches a whole file in lock-step or in windows.
  ///
  /// @param options name, value, name, value …
  public byte[] fetch(String name, String... options) {
    ask(name, options);
    var out = new ByteArrayOutputStream();
    int blockSize = 512;
    int window = 1;
    TftpMessage message = receive();
    if (message instanceof TftpMessage.Oack(List<Option> taken)) {
      for (Option option : taken) {
        switch (option.name()) {
          case "blksize" -> blockSize = Integer.parseInt(option.value());
          case "windowsize" -> window = Integer.parseInt(option.value());
          default -> {}
        }
      }
      ack(0);
      message = receive();
    }
    int sinceAck = 0;
    for (long expected = 1; ; ) {
      if (!(message instanceof TftpMessage.Data(int block, Bytes payload))) {
        throw new AssertionError("in block " + expected + ": " + message);
      }
      if (block == (expected & 0xffff)) {
        out.writeBytes(payload.toArray());
        boolean last = payload.size() < blockSize;
        if (last || ++sinceAck == window) {
          ack(block);
          sinceAck = 0;
        }
        if (last) {
          return out.toByteArray();
        }
        expected++;
      } else {
        // RFC 7440, section 4: what arrived in order is acknowledged again.
        ack((int) (expected - 1) & 0xffff);
        sinceAck = 0;
      }
      message = receive();
    }
  }

  /// From now on packets are lost in both directions, each with that probability.
  public void lose(double probability, long seed) {
    this.loss = probability;
    this.random = new Random(seed);
  }

  private boolean lost() {
    return loss > 0 && random.nextDouble() < loss;
  }

  /// Where the last packet came from.
  public InetSocketAddress server() {
    return server;
  }

  public InetSocketAddress local() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void close() {
    socket.close();
  }
}
