package dev.coldframe.node;

import java.util.Locale;

/// What can happen to a node. Names are persisted: add, never rename.
public enum EventType {
  /// An unknown board was seen. Fields: mac, serial, board, stage.
  SEEN,
  /// It became a node. Fields: node, address, profile, by (`rule` or `operator`).
  ADOPTED,
  /// A boot client was offered its address. Fields: stage, mac, address, looks-like (`pi`, where a
  /// board calls itself a PC and asks as a Pi does).
  DHCP_OFFERED,
  /// An address was acknowledged. Fields: stage, mac, address.
  DHCP_ACKNOWLEDGED,
  /// A request was refused with NAK. Fields: address, reason.
  DHCP_REFUSED,
  /// The client says another machine has its address. Fields: address.
  DHCP_DECLINED,
  /// The client gave its address back. Fields: address.
  DHCP_RELEASED,
  /// A board became the one in the node's switch port. Fields: mac, port, before (the board that
  /// the node had), by (`rule` or `operator`).
  BOARD_TAKEN,
  /// Another board is in the node's switch port and waits for the operator. Fields: other, place,
  /// reason.
  BOARD_HELD,
  /// The node's board, or any, was heard of at another switch port. Fields: other, place, reason.
  BOARD_MOVED,
  /// A relay of the node's sends information that cannot be read. Fields: relay, option.
  RELAY_UNREADABLE,
  /// Another DHCP server answers on a link. Fields: server, hardware, offered, noticed, expected.
  FOREIGN_SERVER,
  /// A relay of ours is connected. Fields: from (the address it calls from).
  RELAY_CONNECTED,
  /// It is not any more. Fields: reason.
  RELAY_LOST,
  /// A pool on a link is nearly used up. Fields: pool, used (`33 of 40`).
  POOL_SHORT,
  /// It is not any more. Fields: pool, used.
  POOL_EASED,
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
  PHASE,
  /// A board whose system is installed was told to boot from its own disk. Fields: stage.
  BOOTS_LOCALLY,
  /// The installer showed a disk. Fields: device, bytes, model, disk (see [Disk#id]), found.
  DISK_SEEN,
  /// A disk may be written. Fields: device, disk, model, reason, image, attempt.
  INSTALL_PERMITTED,
  /// No disk may be written. Fields: reason, and device, disk, found where one is meant.
  INSTALL_REFUSED,
  /// How far the writing is. Fields: bytes, of.
  INSTALL_PROGRESS,
  /// The operator's word that a disk may be overwritten. Fields: disk, until.
  ARMED,
  /// The operator took that word back. Fields: by.
  DISARMED,
  /// The operator wants the node installed again. Fields: by.
  RECOVERY,
  /// The operator took the node out of the inventory. Fields: by.
  FORGOTTEN,
  /// The machine at the node's address calls itself so over mDNS. Fields: name; of a board that is
  /// no node also mac and address.
  ANNOUNCED,
  /// It does not do so any more. Fields: name.
  UNANNOUNCED,
  /// Two machines want one name. Fields: found.
  NAME_CLASH,
  /// They do not any more. Fields: found.
  NAME_CLASH_OVER,
  /// A boot loader said on its console how the boot goes. Fields: text, meaning.
  LOADER_SAID,
  /// A serial port that carries the node's console is read from now on. Fields: device, speed.
  CONSOLE_CONNECTED,
  /// It is not read any more, or could not be. Fields: device, reason.
  CONSOLE_LOST,
  /// The power of the node was switched, or could not be. Fields: action (`on`, `off` or `cycle`),
  /// place (`sw1/7`, or what woke it), result (`done` or `failed`), reason, by (`operator` or
  /// `staging`).
  POWER,
  /// A node came to another step while power is given back to it. Fields: step, try, tries, place,
  /// run, budget, reason (see [Staging]).
  STAGING,
  /// A switch was heard to have the node at a port, or not any more. Fields: place, before, reason.
  PORT_LEARNED,
  /// The update of a node's boot EEPROM came to another step, or the operator wants it tried again.
  /// Fields: step (see [EepromUpdate], or `resumed`), version, soc (`pi4` or `pi5`), image, built,
  /// settings, ts, reason, by.
  EEPROM,
  /// The database that several appliances share cannot be used: what is pinned goes on, nothing new
  /// is given. Fields: database, reason.
  STATE_CUT_OFF,
  /// It is used again. Fields: database.
  STATE_JOINED,
  /// This appliance's clock and the database's differ by half a minute or more. Fields: database,
  /// gap.
  CLOCK_APART,
  /// They do not any more. Fields: database, gap.
  CLOCK_TOGETHER,
  /// The board took another DHCP server's offer. Fields: stage, mac, server, address.
  DHCP_LOST,
  /// Two appliances had changed where it stands without knowing of each other; one word stays.
  /// Fields: kept (`mine` or `theirs`, as whoever saw it says), dropped (what the other one said).
  STATE_CONFLICT;

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
