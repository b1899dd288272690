package dev.coldframe.node;

import java.util.Locale;

/// What can happen to a node. Names are persisted: add, never rename.
public enum EventType {
  /// An unknown board was seen. Fields: mac, serial, board, stage.
  SEEN,
  /// It became a node. Fields: node, address, profile, by (`rule` or `operator`).
  ADOPTED,
  /// A boot client was offered its address. Fields: stage, mac, address.
  DHCP_OFFERED,
  /// An address was acknowledged. Fields: stage, mac, address.
  DHCP_ACKNOWLEDGED,
  /// A request was refused with NAK. Fields: address, reason.
  DHCP_REFUSED,
  /// The client says another machine has its address. Fields: address.
  DHCP_DECLINED,
  /// The client gave its address back. Fields: address.
  DHCP_RELEASED,
  /// A file was sent whole. Fields: path, bytes, via (`tftp` or `http`), origin.
  FILE_SERVED,
  /// The loader looked whether a file exists and stopped there, as loaders do. Fields: path, via.
  FILE_PROBED,
  /// A file that the node asked for does not exist or is not its own. Fields: path, via, reason.
  FILE_REFUSED,
  /// A transfer broke off. Fields: path, via, bytes, reason.
  FILE_BROKEN,
  /// The installer said hello and got its token. Fields: address.
  HELLO,
  /// A hello or a token was refused. Fields: reason, address.
  TOKEN_REFUSED,
  /// A seed file was handed out. Fields: name.
  SEED_SERVED,
  /// The node reported. Fields: stage and what it measured.
  REPORTED,
  /// The node's phase changed. Fields: from, to, reason.
  PHASE;

  /// `dhcp-offered`, as commands and JSON write it.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Reads a label.
  ///
  /// @throws IllegalArgumentException when there is no such type
  public static EventType ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
