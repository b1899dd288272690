package dev.coldframe;

import dev.coldframe.node.SharedState;
import dev.coldframe.node.Site;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.ApplianceRows;
import java.time.Instant;
import java.util.List;

/// The appliances that share the state of this one, for commands.
public final class Appliances {
  private final ApplianceRows known;

  /// @throws EnvironmentException where the config file names no database
  public Appliances(Site site) {
    SharedState where =
        site.shared()
            .orElseThrow(() ->
                new EnvironmentException(
                    "the config file says state: embedded, so there is one appliance only"));
    this.known = new ApplianceRows(where);
  }

  /// An appliance, see [ApplianceRows.Row].
  public record Row(
      String id,
      String name,
      String version,
      Instant seen,
      boolean believed,
      boolean connected,
      List<String> addresses) {
    public Row {
      addresses = List.copyOf(addresses);
    }
  }

  /// All of them.
  ///
  /// @throws EnvironmentException when the database cannot be used
  public List<Row> list() {
    try {
      return known.list().stream()
          .map(row ->
              new Row(
                  row.id().toString(),
                  row.name(),
                  row.version(),
                  row.seen(),
                  row.believed(),
                  row.connected(),
                  row.addresses()))
          .toList();
    } catch (StoreException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Forgets one that has left.
  ///
  /// @param called its name or its id
  /// @return whether there was one such, which was not connected
  /// @throws EnvironmentException when the database cannot be used
  public boolean forget(String called) {
    try {
      return known.forget(called);
    } catch (StoreException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }
}
