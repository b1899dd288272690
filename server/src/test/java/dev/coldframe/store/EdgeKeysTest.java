package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeKeysTest {
  private static final Instant NOW = Instant.parse("2026-07-01T00:00:00Z");

  @TempDir Path state;

  private EdgeKeys keys() {
    return EdgeKeys.of(state);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void theAppliancesKeyIsMadeOnceAndIsItsOwn() throws IOException {
    KeyPem first = keys().server(NOW);
    assertThat(keys().server(NOW.plusSeconds(1))).isEqualTo(first);
    assertThat(mode(state.resolve("relay/server.pem"))).isEqualTo("rw-------");
    assertThat(first.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void aRelayIsKnownByItsCertificateUntilItIsShutOut() throws GeneralSecurityException {
    KeyPem own = keys().invite("edge1", false, NOW).orElseThrow();
    var shown = OwnCertificate.parse(own.certificate());
    assertThat(keys().relayOf(shown)).contains("edge1");
    assertThat(keys().relays()).extracting(EdgeKeys.Known::name).containsExactly("edge1");
    assertThat(keys().revoke("edge1")).isTrue();
    assertThat(keys().relayOf(shown)).isEmpty();
    assertThat(keys().revoke("edge1")).isFalse();
  }

  @Test
  void aRelayInvitedAgainHasANewKeyAndItsOldOneIsWorthless() throws GeneralSecurityException {
    KeyPem old = keys().invite("edge1", false, NOW).orElseThrow();
    assertThat(keys().invite("edge1", false, NOW)).isEmpty();
    KeyPem fresh = keys().invite("edge1", true, NOW).orElseThrow();
    assertThat(keys().relayOf(OwnCertificate.parse(old.certificate()))).isEmpty();
    assertThat(keys().relayOf(OwnCertificate.parse(fresh.certificate()))).contains("edge1");
  }

  @Test
  void thePrivateKeyOfARelayIsNotKept() throws IOException {
    keys().invite("edge1", false, NOW);
    assertThat(Files.readString(state.resolve("relay/relays/edge1.pem")))
        .contains("BEGIN CERTIFICATE")
        .doesNotContain("PRIVATE");
  }

  @Test
  void aBundleIsReadAsItWasWritten() throws IOException {
    KeyPem own = keys().invite("edge1", false, NOW).orElseThrow();
    var bundle =
        new EdgeBundle(
            "edge1",
            EdgeBundle.Endpoint.tryParse("vps.example:8443").orElseThrow(),
            keys().server(NOW).certificate(),
            own);
    Path file = state.resolve("edge1.bundle");
    bundle.write(file);
    assertThat(EdgeBundle.read(file)).isEqualTo(bundle);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(bundle.toString()).isEqualTo("EdgeBundle[edge1 at vps.example:8443]");
    String text = Files.readString(file);
    for (String broken :
        new String[] {
          "",
          "x",
          text.replace("relay 1", "relay 2"),
          text.substring(0, text.lastIndexOf("BEGIN C"))
        }) {
      Files.writeString(file, broken);
      assertThatThrownBy(() -> EdgeBundle.read(file)).isInstanceOf(StoreException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "host:", "host:0", "host:65536", ":8443", "a b:1", "h:x"})
  void whatIsNoHostAndPortIsRefused(String text) {
    assertThat(EdgeBundle.Endpoint.tryParse(text)).isEmpty();
  }
}
