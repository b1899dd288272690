package dev.coldframe.node;

import java.util.Map;
import java.util.Optional;

/// The PostgreSQL database in which several appliances keep their state together.
///
/// @param hosts `HOST`, `HOST:PORT`, or several of them with commas, as the file has them
/// @param database its name
/// @param user who logs in, or empty for the account that the server runs as
/// @param passwordFile absolute path of the file whose first line is the password, if one is needed
/// @param options of the connection, by the names that PostgreSQL's own programs have for them;
///   `currentSchema` is where the tables are
public record SharedState(
    String hosts,
    String database,
    Optional<String> user,
    Optional<String> passwordFile,
    Map<String, String> options) {
  public SharedState {
    options = Ordered.copy(options);
  }

  /// What is said of it to people: where it is, without who logs in.
  public String shown() {
    return hosts + "/" + database;
  }
}
