package dev.coldframe.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The certificate that the operator plane makes for itself where it needs one and was given none:
/// self-signed, kept in `tls/` of the state folder, the key 0600. At each start it is looked at,
/// and made anew when it ends soon or the server is called otherwise; people compare its
/// fingerprint once.
///
/// @param certificate PEM
/// @param key PEM, PKCS 8
/// @param fingerprint SHA-256 of the certificate, as browsers and `openssl x509` show it
public record OwnCertificate(String certificate, String key, String fingerprint) {
  /// Some systems trust no certificate that lives longer.
  private static final Duration LIFE = Duration.ofDays(800);

  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

  /// Clocks of other machines may be behind.
  private static final Duration EARLIER = Duration.ofDays(1);

  private static final int SERIAL_BITS = 127;
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  /// What the server is called.
  ///
  /// @param hosts DNS names
  /// @param addresses IPv4 addresses
  public record Names(List<String> hosts, List<String> addresses) {
    public Names {
      hosts = List.copyOf(hosts);
      addresses = List.copyOf(addresses);
    }

    private Set<String> all() {
      var out = new TreeSet<>(hosts);
      out.addAll(addresses);
      return out;
    }
  }

  /// The certificate of a state folder. The caller holds the folder's lock.
  ///
  /// @throws StoreException when it cannot be kept
  public static OwnCertificate of(Path state, Names names, Instant now) {
    Path folder = state.resolve("tls");
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    try {
      if (Files.exists(certificate) && Files.exists(key)) {
        String pem = Files.readString(certificate);
        X509Certificate known = parse(pem);
        if (serves(known, names, now)) {
          return new OwnCertificate(pem, Files.readString(key), fingerprint(known));
        }
      }
      OwnCertificate fresh = make(new X500Name("CN=coldframe"), Optional.of(names), LIFE, now);
      PrivateFile.folder(folder);
      PrivateFile.write(key, fresh.key().getBytes(StandardCharsets.US_ASCII));
      PrivateFile.write(certificate, fresh.certificate().getBytes(StandardCharsets.US_ASCII));
      return fresh;
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new StoreException("the certificate in " + folder + " cannot be used", e);
    }
  }

  private static boolean serves(X509Certificate known, Names names, Instant now)
      throws GeneralSecurityException {
    var named = new TreeSet<String>();
    if (known.getSubjectAlternativeNames() != null) {
      known.getSubjectAlternativeNames().forEach(name -> named.add(String.valueOf(name.get(1))));
    }
    Instant end = known.getNotAfter().toInstant();
    return named.equals(names.all()) && now.isBefore(end.minus(RENEWED_BEFORE));
  }

  /// A certificate that is not looked up by name but known itself, at both ends of a link.
  static OwnCertificate pinned(String subject, Duration life, Instant now)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    return make(new X500Name("CN=" + subject), Optional.empty(), life, now);
  }

  private static OwnCertificate make(
      X500Name self, Optional<Names> names, Duration life, Instant now)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    var builder =
        new JcaX509v3CertificateBuilder(
            self,
            new BigInteger(SERIAL_BITS, new SecureRandom()),
            Date.from(now.minus(EARLIER)),
            Date.from(now.plus(life)),
            self,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    if (names.isPresent()) {
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, names(names.get()));
    }
    X509CertificateHolder made =
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    String certificate = pem(made);
    return new OwnCertificate(
        certificate,
        pem(new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(pair.getPrivate(), null)),
        fingerprint(parse(certificate)));
  }

  private static GeneralNames names(Names names) {
    var out = new ArrayList<GeneralName>();
    names.hosts().forEach(host -> out.add(new GeneralName(DNS, host)));
    names.addresses().forEach(address -> out.add(new GeneralName(ADDRESS, address)));
    return new GeneralNames(out.toArray(GeneralName[]::new));
  }

  private static String pem(Object what) throws IOException {
    var out = new StringWriter();
    try (var writer = new JcaPEMWriter(out)) {
      writer.writeObject(what);
    }
    return out.toString();
  }

  static X509Certificate parse(String pem) throws GeneralSecurityException {
    var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
  }

  static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
  }

  /// Says nothing of the key.
  @Override
  public String toString() {
    return "OwnCertificate[" + fingerprint + "]";
  }
}
