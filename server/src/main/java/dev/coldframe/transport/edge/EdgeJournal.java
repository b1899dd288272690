package dev.coldframe.transport.edge;

import dev.coldframe.decide.Caller;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.FileJournal;
import dev.coldframe.wire.edge.EdgeMessage;
import dev.coldframe.wire.edge.EdgeMessage.How;

/// A relay's part of the journal: it is kept by the appliance.
///
/// @param uplink the way there
/// @param counters counts here as well
record EdgeJournal(Uplink uplink, Counters counters) implements FileJournal {
  private static final String SERVICE = "tftp";

  @Override
  public void served(Caller caller, String path, long bytes, String origin) {
    tell(How.SERVED, caller, path, bytes, origin, "file served");
  }

  @Override
  public void probed(Caller caller, String path) {
    tell(How.PROBED, caller, path, 0, "", "file probed");
  }

  /// The appliance said so itself, and wrote it down.
  @Override
  public void refused(Caller caller, String path, String reason) {
    counters.count(SERVICE, reason);
  }

  @Override
  public void broken(Caller caller, String path, long bytes, String reason) {
    tell(How.BROKEN, caller, path, bytes, reason, reason);
  }

  private void tell(
      How how, Caller caller, String path, long bytes, String detail, String counted) {
    counters.count(SERVICE, counted);
    if (caller instanceof Caller.Beyond(var address)) {
      uplink.tell(new EdgeMessage.Told(how, address, path, bytes, detail));
    }
  }
}
