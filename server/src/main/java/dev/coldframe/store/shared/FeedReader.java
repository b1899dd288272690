package dev.coldframe.store.shared;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// A part of the feed: reads what others have written, and puts it where this appliance looks.
/// Called on the feed's thread alone.
public interface FeedReader {
  /// The tables in which what is `gone` is swept after a day.
  List<String> tables();

  /// Reads what was written since the last look; rows may come twice, and come in any order.
  ///
  /// @param connection inside a transaction that only reads, the same for all tables
  /// @param since transactions before this one were seen; its rows and later ones are read, with
  ///   `xid >= ?::xid8`
  /// @param whole whether everything is read: in the first look after the database was reached.
  ///   What is kept here and is not among it is not there any more
  /// @return puts what was read into its place, after the transaction; it may wait for the disk,
  ///   and throws [dev.coldframe.store.StoreException] when it cannot
  Runnable read(Connection connection, String since, boolean whole) throws SQLException;

  /// Writes what is kept here and is not there, after everything was read and put into its place.
  ///
  /// @param connection inside a transaction
  default void tell(Connection connection) throws SQLException {}

  /// Whether there is something to [#tell] since; asked about once a second.
  default boolean hasNews() {
    return false;
  }
}
