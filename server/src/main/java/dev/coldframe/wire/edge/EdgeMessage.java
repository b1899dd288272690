package dev.coldframe.wire.edge;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.util.List;

/// One message between the appliance and a relay. The relay opens every connection; its first
/// message says what the connection is for: [Hello] or [Connect].
public sealed interface EdgeMessage {
  /// The protocol that is spoken here; another one is refused.
  int VERSION = 1;

  /// Relay: this is the link. DHCP, questions about files and reports follow.
  ///
  /// @param version see [#VERSION]
  /// @param addresses the relay's own addresses on its boards' links
  record Hello(int version, List<Ip4> addresses) implements EdgeMessage {
    public Hello {
      addresses = List.copyOf(addresses);
    }
  }

  /// Appliance: the link is taken.
  ///
  /// @param name what the appliance calls the relay
  /// @param subnets what the relay serves; for nothing else will it be believed
  record Welcome(String name, List<Cidr> subnets) implements EdgeMessage {
    public Welcome {
      subnets = List.copyOf(subnets);
    }
  }

  /// Both: a DHCP message, a client's upwards and a server's downwards.
  record Dhcp(Bytes message) implements EdgeMessage {}

  /// Relay: what does a board get under a path?
  ///
  /// @param id chosen by the relay, repeated in the answer
  /// @param client the board's address
  record Ask(int id, Ip4 client, String path) implements EdgeMessage {}

  /// Appliance: a file.
  ///
  /// @param etag equal tags mean equal bytes
  /// @param origin where the bytes come from, for the journal
  record Found(int id, long sizeBytes, String etag, String origin) implements EdgeMessage {}

  /// Appliance: nothing, or not what was wanted any more.
  record Missing(int id) implements EdgeMessage {}

  /// Appliance: something that cannot be read now, or too much was asked at once.
  record Failed(int id) implements EdgeMessage {}

  /// Relay: a part of that file.
  ///
  /// @param etag as it was told; a file that has changed is [Missing]
  /// @param length at most [EdgeCodec#MAX_PIECE_BYTES]
  record Fetch(int id, Ip4 client, String path, String etag, long offset, int length)
      implements EdgeMessage {}

  /// Appliance: that part.
  record Piece(int id, Bytes bytes) implements EdgeMessage {}

  /// Relay: how sending a file to a board went.
  ///
  /// @param bytes how many arrived
  /// @param detail the origin of a file that was served, the reason why one was broken off
  record Told(How how, Ip4 client, String path, long bytes, String detail) implements EdgeMessage {}

  /// How sending a file went.
  enum How {
    SERVED(1),
    PROBED(2),
    BROKEN(3);

    final int code;

    How(int code) {
      this.code = code;
    }
  }

  /// Relay: this connection carries what a board says over HTTP, from the next byte on.
  ///
  /// @param client the board's end
  /// @param local the relay's end, which the board takes for the server
  record Connect(Ip4 client, int clientPort, Ip4 local, int localPort) implements EdgeMessage {}

  /// Relay: still there?
  record Ping() implements EdgeMessage {}

  /// Appliance: still there.
  record Pong() implements EdgeMessage {}
}
