package dev.coldframe.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A cable to a TCP server that can be cut: while it is, what is sent over it goes nowhere and
/// nobody is told, as where a switch in between has lost its power.
public final class TcpCable implements AutoCloseable {
  private static final int BUFFER_BYTES = 16_384;

  private final ServerSocket listening;
  private final InetSocketAddress to;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  /// @param port on loopback, where it begins
  /// @param to where it ends, on loopback too
  public TcpCable(int port, int to) {
    try {
      this.listening = new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), to);
    Thread.ofVirtual().start(this::accept);
  }

  /// Cuts it.
  public void cut() {
    cut = true;
  }

  /// Plugs it in again. Connections of before stay dead: what was sent over them is lost.
  public void mend() {
    reset();
    cut = false;
  }

  /// Ends all connections, as a restart of the server does.
  public void reset() {
    open.forEach(TcpCable::close);
    open.clear();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket near = listening.accept();
        open.add(near);
        Thread.ofVirtual().start(() -> join(near));
      } catch (IOException _) {
        // It is closed, or the next one may do better.
      }
    }
  }

  private void join(Socket near) {
    try {
      while (cut && !near.isClosed()) {
        Thread.sleep(20);
      }
      var far = new Socket();
      open.add(far);
      far.connect(to);
      Thread.ofVirtual().start(() -> carry(near, far));
      carry(far, near);
    } catch (IOException _) {
      close(near);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      close(near);
    }
  }

  private void carry(Socket from, Socket into) {
    var buffer = new byte[BUFFER_BYTES];
    try (InputStream in = from.getInputStream();
        OutputStream out = into.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!cut) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException _) {
      // One end is gone; so is the other.
    }
    close(from);
    close(into);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no use any more.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reset();
  }
}
