package dev.coldframe.web;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The API's list of nodes over the real stores, without the HTTP around it; for benchmarks.
public final class NodesPage implements AutoCloseable {
  private final SqliteLeaseStore leases;
  private final Chronicle chronicle;
  private final JournalReader journal;
  private final Listing listing;

  /// @param state an empty folder
  /// @param site whose nodes are listed; each was seen
  public NodesPage(Path state, Site site) {
    leases = new SqliteLeaseStore(state);
    chronicle = new Chronicle(state);
    journal = new JournalReader(state);
    for (String node : site.nodes().keySet()) {
      chronicle.know(node, Sites.T0);
      chronicle.record(
          JournalEvent.of(Sites.T0, node, EventType.SEEN, "board", "Pi 4B", "ram", "4 GB"));
    }
    var sources =
        new Sources(
            new Worlds(site, leases, Sites.quirks(), Sites.T0),
            chronicle,
            journal,
            new ConsoleLogs(state),
            leases,
            new Images(state),
            new FakePreviews(),
            List::of,
            Map::of,
            () -> Sites.T0,
            Sites.T0);
    listing = new Listing(sources, new Progress());
  }

  /// The answer to one question for a page.
  ///
  /// @param first the place of its first node
  /// @param limit how many at most
  public byte[] bytes(int first, int limit) {
    return JsonMapper.shared().writeValueAsBytes(listing.nodes(first, limit));
  }

  @Override
  public void close() {
    journal.close();
    chronicle.close();
    leases.close();
  }
}
