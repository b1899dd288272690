package dev.coldframe.bench.peers;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;

/// `NtpSender SECONDS`: keeps a number of NTP requests on the way and counts the answers. A request
/// without an answer is replaced after a tenth of a second without any.
public final class NtpSender {
  private static final int OUTSTANDING = 64;
  private static final int LOST_MILLIS = 100;

  private NtpSender() {}

  /// Prints `answers N in NANOSECONDS`.
  public static void main(String[] args) throws Exception {
    long window = Integer.parseInt(args[0]) * 1_000_000_000L;
    byte[] request = Probe.ntpRequest();
    var server = InetAddress.ofLiteral(Link.SERVER);
    try (var socket = new DatagramSocket()) {
      socket.connect(server, 123);
      socket.setSoTimeout(LOST_MILLIS);
      var out = new DatagramPacket(request, request.length);
      var in = new DatagramPacket(new byte[128], 128);
      long answers = 0;
      int outstanding = 0;
      long began = System.nanoTime();
      while (System.nanoTime() - began < window) {
        while (outstanding < OUTSTANDING) {
          socket.send(out);
          outstanding++;
        }
        try {
          socket.receive(in);
          answers++;
          outstanding--;
        } catch (SocketTimeoutException _) {
          outstanding = 0;
        }
      }
      System.out.println("answers " + answers + " in " + (System.nanoTime() - began));
    }
  }
}
