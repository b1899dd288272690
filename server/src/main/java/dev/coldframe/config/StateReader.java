package dev.coldframe.config;

import dev.coldframe.node.SharedState;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `state:`, where state is kept: in the state folder alone, or in a database that several
/// appliances share. No message repeats the URL: it may hold a password.
final class StateReader {
  private static final String EMBEDDED = "embedded";
  private static final String FORM =
      "write embedded, or postgresql://USER@HOST/DATABASE such as"
          + " postgresql://coldframe@db.home.arpa/coldframe";

  /// `postgresql://user@host:5432,other/database?sslmode=verify-full`.
  private static final Pattern URL =
      Pattern.compile("postgresql://(?:([^@/?#]*)@)?([^@/?#]+)/([^/?#]+)(?:\\?([^#]*))?");

  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
  private static final Pattern LOOPBACK =
      Pattern.compile("(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1])(?::[0-9]+)?");

  private static final String SCHEMA = "currentSchema";
  private static final String TLS = "sslmode";
  private static final String AUTHORITY = "sslrootcert";
  private static final String KEY = "sslkey";
  private static final String WHOLE = "verify-full";

  /// Those of the driver that say whom to trust and where the tables are.
  private static final Set<String> OPTIONS = Set.of(SCHEMA, TLS, AUTHORITY, "sslcert", KEY);

  private static final Set<String> TLS_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", WHOLE);
  private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  private final Problems problems;
  private final Path configFolder;
  private final SecretFiles secrets;

  /// @param configFolder what relative paths begin at
  StateReader(Problems problems, Path configFolder, SecretFiles secrets) {
    this.problems = problems;
    this.configFolder = configFolder;
    this.secrets = secrets;
  }

  /// The database, where the file names one.
  Optional<SharedState> read(Fields in) {
    Optional<String> password = secrets.get(in, "state-password");
    Optional<String> text = in.get("state", Reads.TEXT);
    if (text.isEmpty() || text.get().equals(EMBEDDED)) {
      if (in.get("state-password").isPresent()) {
        problems.warning(
            in.place("state-password"), "is never used; state: embedded needs no password");
      }
      return Optional.empty();
    }
    Place place = in.place("state");
    Matcher url = URL.matcher(text.get());
    if (!url.matches()) {
      problems.error(place, "cannot be understood; " + FORM);
      return Optional.empty();
    }
    return hosts(place, url)
        .flatMap(hosts ->
            options(place, hosts, Optional.ofNullable(url.group(4)).orElse(""))
                .flatMap(options ->
                    user(place, Optional.ofNullable(url.group(1)))
                        .map(user ->
                            new SharedState(
                                hosts,
                                decoded(url.group(3)),
                                user.isEmpty() ? Optional.empty() : Optional.of(user),
                                password,
                                options))));
  }

  private Optional<String> user(Place place, Optional<String> user) {
    if (user.filter(u -> u.contains(":")).isPresent()) {
      problems.error(
          place,
          "a password stands in it; write it into a file and name that under state-password, as"
              + " file:secrets/state");
      return Optional.empty();
    }
    return Optional.of(decoded(user.orElse("")));
  }

  private Optional<String> hosts(Place place, Matcher url) {
    String hosts = url.group(2);
    if (!List.of(hosts.split(",", -1)).stream().allMatch(h -> HOST.matcher(h).matches())) {
      problems.error(place, "names no host that can be reached; " + FORM);
      return Optional.empty();
    }
    return Optional.of(hosts);
  }

  private Optional<Map<String, String>> options(Place place, String hosts, String query) {
    var out = new LinkedHashMap<String, String>();
    int before = problems.errors().size();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (equals > 0 && OPTIONS.contains(name)) {
        out.put(name, decoded(pair.substring(equals + 1)));
      } else if (!pair.isEmpty()) {
        problems.error(
            place,
            "has an option that is not known; known are "
                + String.join(", ", OPTIONS.stream().sorted().toList()));
      }
    }
    boolean here =
        List.of(hosts.split(",", -1)).stream().allMatch(h -> LOOPBACK.matcher(h).matches());
    boolean unnamed = here && !out.containsKey(AUTHORITY);
    String tls = out.computeIfAbsent(TLS, _ -> unnamed ? "disable" : WHOLE);
    if (!TLS_MODES.contains(tls)) {
      problems.error(place, "sslmode is not known; write " + WHOLE);
    } else if (!here && !tls.equals(WHOLE)) {
      problems.warning(
          place,
          "whoever stands between this server and its database can read and change the state; write"
              + " sslmode="
              + WHOLE);
    } else if (out.containsKey(AUTHORITY) && !tls.startsWith("verify-")) {
      problems.warning(
          place, "sslrootcert is never used with sslmode=" + tls + "; write sslmode=" + WHOLE);
    }
    if (!SCHEMA_NAME.matcher(out.computeIfAbsent(SCHEMA, _ -> "coldframe")).matches()) {
      problems.error(
          place, "currentSchema is no plain name; write small letters, digits and underscores");
    }
    List.of(AUTHORITY, "sslcert", KEY)
        .forEach(file -> out.computeIfPresent(file, (name, path) -> file(place, name, path)));
    return problems.errors().size() > before ? Optional.empty() : Optional.of(out);
  }

  private String file(Place place, String option, String path) {
    try {
      Path file = configFolder.resolve(path).toAbsolutePath().normalize();
      if (!Files.isRegularFile(file)) {
        problems.error(place, option + " names no file; write the path of one");
      } else if (option.equals(KEY)) {
        secrets.refuseServed(file, "the private key", place);
      }
      return file.toString();
    } catch (InvalidPathException _) {
      problems.error(place, option + " is no path; write the path of a file");
      return path;
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text;
    }
  }
}
