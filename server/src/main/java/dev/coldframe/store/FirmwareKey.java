package dev.coldframe.store;

import dev.coldframe.disk.BootSig;
import dev.coldframe.net.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// The RSA key that signs `boot.img` for the loaders' HTTP mode: `firmware-key.pem` in the state
/// folder, readable by its owner alone. Its public half lies beside it, as PEM for
/// `rpi-eeprom-config -p` and as an EEPROM holds it.
public final class FirmwareKey {
  private static final String PRIVATE = "firmware-key.pem";
  private static final String PUBLIC = "firmware-key.pub.pem";
  private static final String EEPROM = "firmware-pubkey.bin";
  private static final int BITS = 2048;

  /// PKCS #8 around PKCS #1: version 0, rsaEncryption without parameters (RFC 5208).
  private static final byte[] ALGORITHM =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private final RSAPrivateCrtKey key;

  private FirmwareKey(RSAPrivateCrtKey key) {
    this.key = key;
  }

  /// The key of a state folder, if there is one.
  ///
  /// @throws IOException when it cannot be read
  public static Optional<FirmwareKey> of(Path state) throws IOException {
    Path file = state.resolve(PRIVATE);
    return Files.exists(file)
        ? Optional.of(parse(Files.readString(file, StandardCharsets.US_ASCII)))
        : Optional.empty();
  }

  /// Makes a new key and keeps it.
  ///
  /// @throws IOException when there is one already, or the disk does not let it
  public static FirmwareKey make(Path state) throws IOException {
    try {
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
      pairs.initialize(BITS);
      var key = new FirmwareKey((RSAPrivateCrtKey) pairs.generateKeyPair().getPrivate());
      key.keep(state);
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes RSA keys", e);
    }
  }

  /// Keeps a key that was made elsewhere.
  ///
  /// @param pem `BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY`
  /// @throws IOException when it is no RSA key of 2048 bits, or there is one already
  public static FirmwareKey keep(Path state, String pem) throws IOException {
    FirmwareKey key = parse(pem);
    key.keep(state);
    return key;
  }

  private static FirmwareKey parse(String pem) throws IOException {
    try {
      String body = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
      byte[] der = Base64.getDecoder().decode(body);
      byte[] pkcs8 = pem.contains("BEGIN RSA PRIVATE KEY") ? wrap(der) : der;
      var key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      if (key instanceof RSAPrivateCrtKey rsa && rsa.getModulus().bitLength() == BITS) {
        return new FirmwareKey(rsa);
      }
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // Said below; the text of either may hold parts of a key.
    }
    throw new IOException("the firmware key is no RSA key of 2048 bits in PEM without a password");
  }

  private static byte[] wrap(byte[] pkcs1) {
    byte[] octets = der(0x04, pkcs1);
    byte[] inside = new byte[ALGORITHM.length + octets.length];
    System.arraycopy(ALGORITHM, 0, inside, 0, ALGORITHM.length);
    System.arraycopy(octets, 0, inside, ALGORITHM.length, octets.length);
    return der(0x30, inside);
  }

  private static byte[] der(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x82);
    out.write(content.length >>> 8);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private void keep(Path state) throws IOException {
    Files.createDirectories(
        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = state.resolve(PRIVATE);
    if (Files.exists(file)) {
      throw new IOException(file + " is there already; boards trust it, so it is not replaced");
    }
    Path part =
        Files.createTempFile(
            state,
            ".firmware-key",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, pem("PRIVATE KEY", key.getEncoded()));
    Files.write(state.resolve(EEPROM), eeprom().toArray());
    Files.writeString(publicFile(state), publicPem());
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Where the public half lies.
  public static Path publicFile(Path state) {
    return state.resolve(PUBLIC);
  }

  /// The public half as PEM.
  public String publicPem() {
    try {
      var spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
      return pem("PUBLIC KEY", KeyFactory.getInstance("RSA").generatePublic(spec).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every RSA key has a public half", e);
    }
  }

  /// The public half as `pubkey.bin` of an EEPROM.
  public Bytes eeprom() {
    return BootSig.publicKey(bytes(key.getModulus()), bytes(key.getPublicExponent()));
  }

  private static Bytes bytes(BigInteger number) {
    return Bytes.wrap(number.toByteArray());
  }

  private static String pem(String what, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  /// A signature to be fed: RSASSA-PKCS1-v1_5 with SHA-256.
  public Signature signature() {
    try {
      Signature out = Signature.getInstance("SHA256withRSA");
      out.initSign(key);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with RSA", e);
    }
  }

  /// Says nothing of itself.
  @Override
  public String toString() {
    return "FirmwareKey";
  }
}
