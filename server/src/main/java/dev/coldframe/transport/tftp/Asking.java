package dev.coldframe.transport.tftp;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.net.Ip4;
import dev.coldframe.wire.tftp.TftpMessage;

/// A request that is answered, from the service socket to the transfer port that answers it.
///
/// @param peer who asks
/// @param local the address that it asks, from which the answer comes
/// @param caller who that is in the site
/// @param message what it asks
/// @param answer what was decided
record Asking(Peer peer, Ip4 local, Caller caller, TftpMessage message, TftpOutcome answer) {
  /// What is asked for, as the journal shows it.
  String path() {
    return answer instanceof TftpOutcome.Transfer transfer
        ? transfer.paths().getFirst()
        : message instanceof TftpMessage.Request request ? request.name() : "";
  }
}
