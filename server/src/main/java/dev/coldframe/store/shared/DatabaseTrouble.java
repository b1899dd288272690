package dev.coldframe.store.shared;

import dev.coldframe.node.SharedState;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/// Why the shared database cannot be used, in words that say what to do. The driver speaks the
/// language of the machine: what kind of trouble it is, types and SQL states tell, never its words.
final class DatabaseTrouble {
  private static final String AUTHORITY = "sslrootcert";

  /// The driver says which part of it did not find the host's name in the certificate.
  private static final String NAME_CHECK = "PgjdbcHostnameVerifier";

  /// The driver says last what kind of server was wanted; what it waited for in vain it does not.
  private static final String WANTED = " primary";

  private DatabaseTrouble() {}

  /// One line that completes "the shared database cannot be used:". It holds no password: neither
  /// the driver nor the server ever repeats one.
  static String of(SQLException e, SharedState where) {
    Optional<String> tls = tls(e, where);
    if (tls.isPresent()) {
      return tls.get();
    }
    if (isOwn(e, PSQLState.CONNECTION_UNABLE_TO_CONNECT)) {
      Optional<String> network = network(e, where);
      if (network.isPresent()) {
        return network.get();
      }
    }
    return firstLine(e);
  }

  private static Optional<String> tls(SQLException e, SharedState where) {
    Optional<Path> authority =
        Optional.ofNullable(where.options().get(AUTHORITY)).map(Path::of).map(Path::getFileName);
    if (has(e, CertificateExpiredException.class)
        || has(e, CertificateNotYetValidException.class)) {
      return Optional.of(
          "its certificate is not valid now; renew it, or see whether this machine's clock is"
              + " right");
    }
    if (has(e, CertPathBuilderException.class) || has(e, CertPathValidatorException.class)) {
      return Optional.of(
          authority
              .map(file ->
                  "its certificate was not signed by one in "
                      + file
                      + "; copy the certificate of its authority there")
              .orElse(
                  "this machine does not trust its certificate; name the certificate of its"
                      + " authority, as ?sslrootcert=ca.crt"));
    }
    boolean ofAuthority =
        authority.isPresent()
            && String.valueOf(e.getMessage()).contains(where.options().getOrDefault(AUTHORITY, ""));
    if (has(e, InvalidAlgorithmParameterException.class) || ofAuthority) {
      return authority.map(file ->
          "no certificate can be read from "
              + file
              + "; copy the certificate of the database's authority there, as PEM");
    }
    if (String.valueOf(e.getMessage()).contains(NAME_CHECK)) {
      return Optional.of(
          "its certificate is not for the name that state: has; write the name that stands in the"
              + " certificate, or have one made for this name");
    }
    if (isOwn(e, PSQLState.CONNECTION_REJECTED)) {
      return Optional.of(
          "it speaks no TLS; set ssl = on there, with ssl_cert_file and ssl_key_file");
    }
    return cause(e, SSLHandshakeException.class)
        .map(failure -> "no TLS with it: " + firstLine(failure));
  }

  private static Optional<String> network(SQLException e, SharedState where) {
    if (firstLine(e).endsWith(WANTED)) {
      return Optional.of("none of its hosts takes writes: who answers is a standby");
    }
    boolean slow = e.getCause() == null || has(e, SocketTimeoutException.class);
    Optional<String> one =
        cause(e, UnknownHostException.class)
            .map(unknown -> "the name " + firstLine(unknown) + " is not known")
            .or(() -> slow ? Optional.of("it does not answer in time") : Optional.empty());
    return where.hosts().contains(",")
        ? Optional.of(
            "no host of it that takes writes was found; the last one: "
                + one.orElseGet(() -> firstLine(e)))
        : one;
  }

  /// Whether it is the driver's own word, not the server's.
  private static boolean isOwn(SQLException e, PSQLState state) {
    return state.getState().equals(e.getSQLState())
        && e instanceof PSQLException driver
        && driver.getServerErrorMessage() == null;
  }

  private static boolean has(Throwable e, Class<? extends Throwable> type) {
    return cause(e, type).isPresent();
  }

  private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  /// The first line of what it says.
  static String firstLine(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
        .lines()
        .findFirst()
        .orElse("");
  }
}
