package dev.coldframe;

import dev.coldframe.node.SharedState;
import dev.coldframe.node.Site;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.shared.ApplianceRows;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

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
    return rows(known::list);
  }

  /// Forgets one that has left.
  ///
  /// @param called its name or its id
  /// @return all that are called so: one alone that was not connected is forgotten, any others stay
  /// @throws EnvironmentException when the database cannot be used
  public List<Row> forget(String called) {
    return rows(() -> known.forget(called));
  }

  private static List<Row> rows(Supplier<List<ApplianceRows.Row>> asked) {
    try {
      return asked.get().stream().map(Appliances::row).toList();
    } catch (StoreException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Row row(ApplianceRows.Row row) {
    return new Row(
        row.id().toString(),
        row.name(),
        row.version(),
        row.seen(),
        row.believed(),
        row.connected(),
        row.addresses());
  }
}
