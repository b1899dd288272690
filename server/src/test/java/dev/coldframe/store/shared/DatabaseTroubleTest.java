package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.SharedState;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

class DatabaseTroubleTest {
  private static String of(SQLException e, String hosts) {
    return DatabaseTrouble.of(
        e, new SharedState(hosts, "coldframe", Optional.empty(), Optional.empty(), Map.of()));
  }

  private static SQLException tls(Exception why) {
    var handshake = new SSLHandshakeException("PKIX path validation failed");
    handshake.initCause(new CertPathValidatorException(why));
    return new PSQLException("SSL error", PSQLState.CONNECTION_FAILURE, handshake);
  }

  private static SQLException unreachable(Exception why) {
    return new PSQLException("failed", PSQLState.CONNECTION_UNABLE_TO_CONNECT, why);
  }

  @Test
  void aCertificateOutOfItsTimeIsToldApartFromOneThatNobodyTrusts() {
    for (Exception why :
        new Exception[] {
          new CertificateExpiredException(), new CertificateNotYetValidException()
        }) {
      assertThat(of(tls(why), "db")).startsWith("its certificate is not valid now");
    }
    assertThat(of(tls(new IllegalStateException()), "db"))
        .startsWith("this machine does not trust its certificate");
  }

  @Test
  void anyOtherFailureOfTlsIsToldInItsOwnWords() {
    var handshake = new SSLHandshakeException("Received fatal alert: protocol_version");
    assertThat(of(new PSQLException("x", PSQLState.CONNECTION_FAILURE, handshake), "db"))
        .isEqualTo("no TLS with it: Received fatal alert: protocol_version");
  }

  @Test
  void whatTheNetworkSaysIsTold() {
    assertThat(of(unreachable(new UnknownHostException("db.home.arpa")), "db.home.arpa"))
        .isEqualTo("the name db.home.arpa is not known");
    assertThat(of(unreachable(new SocketTimeoutException("timed out")), "db"))
        .isEqualTo("it does not answer in time");
    assertThat(of(new PSQLException("late", PSQLState.CONNECTION_UNABLE_TO_CONNECT), "db"))
        .as("the driver has given up")
        .isEqualTo("it does not answer in time");
    assertThat(of(unreachable(new SocketTimeoutException("timed out")), "a,b"))
        .isEqualTo(
            "no host of it that takes writes was found; the last one: it does not answer in time");
  }

  @Test
  void whatIsNotKnownHereIsOneLine() {
    assertThat(of(new SQLException("FATAL: the server says\n  Detail: more"), "db"))
        .isEqualTo("FATAL: the server says");
  }
}
