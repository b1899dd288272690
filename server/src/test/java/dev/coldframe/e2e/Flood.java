package dev.coldframe.e2e;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// An attack that goes on until it is closed: one packet after the other, some ten thousand a
/// second where the machine can.
final class Flood implements AutoCloseable {
  private static final int BATCH = 32;
  private static final long PAUSE_NANOS = 1_000_000;

  private final AtomicLong sent = new AtomicLong();
  private final long pauseNanos;
  private final Thread thread;
  private volatile boolean over;

  /// Sends one packet.
  interface Packet {
    /// Sends it.
    ///
    /// @param number from 0 on
    void send(long number) throws IOException;
  }

  Flood(Packet packet) {
    this(packet, PAUSE_NANOS);
  }

  /// @param pauseNanos after so many packets
  Flood(Packet packet, long pauseNanos) {
    this.pauseNanos = pauseNanos;
    thread = Thread.ofPlatform().daemon().name("flood").start(() -> run(packet));
  }

  private void run(Packet packet) {
    while (!over) {
      try {
        packet.send(sent.get());
      } catch (IOException _) {
        // The socket's buffer is full, or the other side has closed: the next one.
      }
      if (sent.incrementAndGet() % BATCH == 0) {
        LockSupport.parkNanos(pauseNanos);
      }
    }
  }

  /// Waits until that many packets are out.
  Flood until(long packets) {
    while (sent.get() < packets) {
      Lab.pause();
    }
    return this;
  }

  long sent() {
    return sent.get();
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
