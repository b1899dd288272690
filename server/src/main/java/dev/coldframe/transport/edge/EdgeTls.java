package dev.coldframe.transport.edge;

import dev.coldframe.store.EdgeBundle;
import dev.coldframe.store.EdgeKeys;
import dev.coldframe.store.KeyPem;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/// How the link is secured: TLS 1.3, a certificate from either end, and no authority. Each end
/// takes exactly the certificates that it was told of.
final class EdgeTls {
  private static final String PROTOCOL = "TLSv1.3";

  private EdgeTls() {}

  /// The appliance's end.
  static SslContext server(EdgeKeys keys, Instant now) throws SSLException {
    KeyPem own = keys.server(now);
    return SslContextBuilder.forServer(stream(own.certificate()), stream(own.key()))
        .protocols(PROTOCOL)
        // A session that is taken up again shows no certificate: whoever was shut out since would
        // come in.
        .sessionTimeout(1)
        .clientAuth(ClientAuth.REQUIRE)
        .trustManager(new Known(certificate -> keys.relayOf(certificate).isPresent()))
        .build();
  }

  /// A relay's end.
  ///
  /// @throws CertificateException when the bundle's certificate is none
  static SslContext relay(EdgeBundle bundle) throws SSLException, CertificateException {
    var trusted =
        (X509Certificate)
            CertificateFactory.getInstance("X.509").generateCertificate(stream(bundle.trusted()));
    return SslContextBuilder.forClient()
        .protocols(PROTOCOL)
        .keyManager(stream(bundle.own().certificate()), stream(bundle.own().key()))
        // Which host shows it does not matter: it is this very certificate.
        .endpointIdentificationAlgorithm(null)
        .trustManager(new Known(trusted::equals))
        .build();
  }

  /// The name that a relay's certificate was made for.
  static Optional<String> nameIn(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return subject.startsWith("CN=") && subject.indexOf(',') < 0
        ? Optional.of(subject.substring(3))
        : Optional.empty();
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  /// Takes the certificates that somebody knows, as long as they are valid.
  private static final class Known extends X509ExtendedTrustManager {
    private final Predicate<X509Certificate> known;

    Known(Predicate<X509Certificate> known) {
      this.known = known;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      chain[0].checkValidity();
      if (!known.test(chain[0])) {
        throw new CertificateException("not a certificate that is known here");
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
