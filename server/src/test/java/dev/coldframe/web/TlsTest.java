package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Admin;
import dev.coldframe.store.OwnCertificate;
import dev.coldframe.testkit.Sites;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The operator plane with TLS, on loopback.
class TlsTest {
  private static final Ip4 LOCAL = Ip4.parse("127.0.0.1");

  @TempDir Path state;
  @TempDir Path given;

  private Admin admin(OwnCertificate certificate) throws IOException {
    Path chain = Files.writeString(given.resolve("cert.pem"), certificate.certificate());
    Path key = Files.writeString(given.resolve("key.pem"), certificate.key());
    return new Admin(
        new Admin.Endpoint(LOCAL, 0),
        Optional.of(new Admin.Tls(chain.toString(), key.toString())),
        Optional.empty());
  }

  private static HttpClient trusting(OwnCertificate certificate) throws Exception {
    Certificate known =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    certificate.certificate().getBytes(StandardCharsets.US_ASCII)));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("coldframe", known);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Test
  void aGivenCertificateIsUsedAndTheCookieIsForTlsOnly() throws Exception {
    OwnCertificate certificate =
        OwnCertificate.of(
            given, new OwnCertificate.Names(List.of(), List.of("127.0.0.1")), Instant.now());
    try (var fixture = new PlaneFixture(state, Sites.site())) {
      String base = fixture.plane.listen(admin(certificate));
      assertThat(base).startsWith("https://127.0.0.1:");
      var link = fixture.socket.post("/api/v1/login-links", "{}").json();
      assertThat(link.path("url").asString()).startsWith(base + "/login?code=");
      assertThat(link.path("fingerprint").isNull()).as("others vouch for it").isTrue();
      try (HttpClient client = trusting(certificate)) {
        URI uri = URI.create(link.path("url").asString());
        var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Set-Cookie").orElse("")).contains("Secure");
      }
      assertThatThrownBy(() -> plain(base)).isInstanceOf(IOException.class);
    }
  }

  private static void plain(String base) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create(base.replace("https:", "http:") + "/healthz");
      client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
  }

  @Test
  void aCertificateThatIsNoneIsRefused() throws Exception {
    Path none = Files.writeString(given.resolve("none.pem"), "none");
    var admin =
        new Admin(
            new Admin.Endpoint(LOCAL, 0),
            Optional.of(new Admin.Tls(none.toString(), none.toString())),
            Optional.empty());
    try (var fixture = new PlaneFixture(state, Sites.site())) {
      assertThatThrownBy(() -> fixture.plane.listen(admin)).isInstanceOf(Exception.class);
    }
  }

  @Test
  void beyondLoopbackThereIsAlwaysTls() {
    for (String address : List.of("0.0.0.0", "192.168.0.2")) {
      var admin =
          new Admin(
              new Admin.Endpoint(Ip4.parse(address), 8443), Optional.empty(), Optional.empty());
      assertThat(admin.secure()).isTrue();
    }
  }
}
