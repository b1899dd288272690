package dev.coldframe.store.shared;

import dev.coldframe.net.Ip4;
import dev.coldframe.store.Partners;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Under which addresses the appliances of a site answer: each tells its own when it reaches the
/// database, and hears the others'. On the feed's thread.
public final class SharedPartners implements FeedReader {
  private static final Logger LOG = LoggerFactory.getLogger(SharedPartners.class);

  /// Who was not heard of for so long is no appliance of the site any more.
  private static final String GONE_AFTER = "30 days";

  private final SharedDatabase database;
  private final Path folder;
  private final Supplier<Set<Ip4>> own;
  private volatile Consumer<Set<Ip4>> listener = _ -> {};
  private volatile Set<Ip4> known;

  /// @param folder the state folder, which keeps what is heard
  /// @param own this appliance's addresses on the links that it serves
  public SharedPartners(SharedDatabase database, Path folder, Supplier<Set<Ip4>> own) {
    this.database = database;
    this.folder = folder;
    this.own = own;
    this.known = Partners.of(folder);
  }

  /// Tells somebody of the others' addresses, now and whenever they change.
  public void listen(Consumer<Set<Ip4>> who) {
    listener = who;
    who.accept(known);
  }

  @Override
  public List<String> tables() {
    // An appliance keeps its row, and with it its place in the pools.
    return List.of();
  }

  @Override
  public Runnable read(Connection connection, String since, boolean whole) throws SQLException {
    var found = new HashSet<Ip4>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT unnest(addresses) FROM appliance WHERE id <> ? AND seen > now() - interval '"
                + GONE_AFTER
                + "'")) {
      query.setObject(1, database.appliance());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          // What is no address of this kind is none of a server that is heard here.
          Ip4.tryParse(rows.getString(1)).ifPresent(found::add);
        }
      }
    }
    return () -> take(Set.copyOf(found));
  }

  private void take(Set<Ip4> found) {
    if (found.equals(known)) {
      return;
    }
    known = found;
    listener.accept(found);
    try {
      Partners.write(folder, found);
    } catch (IOException e) {
      LOG.warn("the other appliances' addresses cannot be kept", e);
    }
  }

  @Override
  public void tell(Connection connection) throws SQLException {
    List<String> mine = new ArrayList<>();
    own.get().stream().sorted().map(Ip4::toString).forEach(mine::add);
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE appliance SET addresses = ? WHERE id = ? AND addresses IS DISTINCT FROM ?");
        Statement statement = connection.createStatement()) {
      Array addresses = connection.createArrayOf("text", mine.toArray());
      update.setArray(1, addresses);
      update.setObject(2, database.appliance());
      update.setArray(3, addresses);
      if (update.executeUpdate() > 0) {
        statement.execute("NOTIFY coldframe");
      }
    }
  }
}
