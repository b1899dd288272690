package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnCertificateTest {
  private static final Instant NOW = Instant.parse("2026-08-05T10:00:00Z");
  private static final OwnCertificate.Names NAMES =
      new OwnCertificate.Names(
          List.of("coldframe", "coldframe.rack.home.arpa"), List.of("192.168.0.2"));

  @TempDir Path state;

  @Test
  void isMadeOnceAndItsKeyIsItsOwners() throws IOException {
    OwnCertificate first = OwnCertificate.of(state, NAMES, NOW);
    assertThat(OwnCertificate.of(state, NAMES, NOW.plusSeconds(60))).isEqualTo(first);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state.resolve("tls/key.pem"))))
        .isEqualTo("rw-------");
    assertThat(first.key()).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(first.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    assertThat(first.toString()).doesNotContain("BEGIN");
  }

  @Test
  void namesTheServerAndNothingElse() throws Exception {
    X509Certificate made = parsed(OwnCertificate.of(state, NAMES, NOW));
    assertThat(made.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("coldframe", "coldframe.rack.home.arpa", "192.168.0.2");
    assertThat(made.getBasicConstraints()).as("it signs no others").isEqualTo(-1);
    assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    made.verify(made.getPublicKey());
    assertThat(Duration.between(made.getNotBefore().toInstant(), made.getNotAfter().toInstant()))
        .isLessThanOrEqualTo(Duration.ofDays(825));
  }

  @Test
  void isMadeAnewBeforeItEndsAndForOtherNames() {
    OwnCertificate first = OwnCertificate.of(state, NAMES, NOW);
    assertThat(OwnCertificate.of(state, NAMES, NOW.plus(Duration.ofDays(769)))).isEqualTo(first);
    OwnCertificate second = OwnCertificate.of(state, NAMES, NOW.plus(Duration.ofDays(771)));
    assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    var others = new OwnCertificate.Names(List.of("coldframe"), List.of("192.168.0.3"));
    assertThat(OwnCertificate.of(state, others, NOW.plus(Duration.ofDays(771))).fingerprint())
        .isNotEqualTo(second.fingerprint());
  }

  private static X509Certificate parsed(OwnCertificate certificate) throws Exception {
    var pem =
        new ByteArrayInputStream(certificate.certificate().getBytes(StandardCharsets.US_ASCII));
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
  }
}
