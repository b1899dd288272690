package dev.coldframe.store;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/// Makes SSH host keys and writes them as OpenSSH does since 6.5: `openssh-key-v1` (OpenSSH's
/// PROTOCOL.key), public blobs by RFC 4253 section 6.6, RFC 5656 section 3.1 and RFC 8709.
///
/// ```
///   "openssh-key-v1\0"  cipher "none"  kdf "none"  options ""  number of keys 1
///   public blob
///   private part: check, check, type, type's fields, comment, 1 2 3 … up to a multiple of 8
/// ```
///
/// Numbers are 32 bits, highest byte first; strings and whole numbers have their length before
/// them.
final class OpenSshKey {
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int PRIVATE_BLOCK_BYTES = 8;
  private static final int LINE_CHARS = 70;

  /// What ssh-keygen makes when it is asked for nothing else.
  private static final int RSA_BITS = 3072;

  private static final String CURVE = "nistp256";
  private static final int COORDINATE_BYTES = 32;
  private static final int ED25519_BYTES = 32;

  private static final SecureRandom RANDOM = new SecureRandom();

  private OpenSshKey() {}

  /// A new key.
  ///
  /// @param comment goes into both files
  static HostKey make(HostKey.Type type, String comment) {
    return switch (type) {
      case ED25519 -> ed25519(comment);
      case RSA -> rsa(comment);
      case ECDSA -> ecdsa(comment);
    };
  }

  private static HostKey ed25519(String comment) {
    KeyPair pair = pair("Ed25519", NamedParameterSpec.ED25519);
    byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    // X.509 around it has a fixed length, the key is its end (RFC 8410, section 10.1).
    byte[] x509 = pair.getPublic().getEncoded();
    byte[] open = Arrays.copyOfRange(x509, x509.length - ED25519_BYTES, x509.length);
    String name = "ssh-ed25519";
    return key(
        HostKey.Type.ED25519,
        name,
        new Blob().text(name).string(open),
        new Blob().text(name).string(open).string(new Blob().raw(seed).raw(open).bytes()),
        comment);
  }

  private static HostKey rsa(String comment) {
    KeyPair pair = pair("RSA", new RSAKeyGenParameterSpec(RSA_BITS, RSAKeyGenParameterSpec.F4));
    var key = (RSAPrivateCrtKey) pair.getPrivate();
    String name = "ssh-rsa";
    return key(
        HostKey.Type.RSA,
        name,
        new Blob().text(name).number(key.getPublicExponent()).number(key.getModulus()),
        new Blob()
            .text(name)
            .number(key.getModulus())
            .number(key.getPublicExponent())
            .number(key.getPrivateExponent())
            .number(key.getCrtCoefficient())
            .number(key.getPrimeP())
            .number(key.getPrimeQ()),
        comment);
  }

  private static HostKey ecdsa(String comment) {
    KeyPair pair = pair("EC", new ECGenParameterSpec("secp256r1"));
    ECPoint w = ((ECPublicKey) pair.getPublic()).getW();
    // Uncompressed: SEC 1, section 2.3.3.
    byte[] point =
        new Blob()
            .raw(new byte[] {4})
            .raw(coordinate(w.getAffineX()))
            .raw(coordinate(w.getAffineY()))
            .bytes();
    String name = "ecdsa-sha2-" + CURVE;
    return key(
        HostKey.Type.ECDSA,
        name,
        new Blob().text(name).text(CURVE).string(point),
        new Blob()
            .text(name)
            .text(CURVE)
            .string(point)
            .number(((ECPrivateKey) pair.getPrivate()).getS()),
        comment);
  }

  private static byte[] coordinate(BigInteger value) {
    byte[] out = new byte[COORDINATE_BYTES];
    byte[] in = value.toByteArray();
    int length = Math.min(in.length, COORDINATE_BYTES);
    System.arraycopy(in, in.length - length, out, COORDINATE_BYTES - length, length);
    return out;
  }

  private static KeyPair pair(String algorithm, AlgorithmParameterSpec spec) {
    try {
      KeyPairGenerator pairs = KeyPairGenerator.getInstance(algorithm);
      pairs.initialize(spec);
      return pairs.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes " + algorithm + " keys", e);
    }
  }

  private static HostKey key(
      HostKey.Type type, String name, Blob open, Blob secret, String comment) {
    int check = RANDOM.nextInt();
    Blob inside = new Blob().word(check).word(check).raw(secret.bytes()).text(comment);
    for (int pad = 1; inside.size() % PRIVATE_BLOCK_BYTES != 0; pad++) {
      inside.raw(new byte[] {(byte) pad});
    }
    byte[] file =
        new Blob()
            .raw(MAGIC)
            .text("none")
            .text("none")
            .text("")
            .word(1)
            .string(open.bytes())
            .string(inside.bytes())
            .bytes();
    String body = Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'}).encodeToString(file);
    return new HostKey(
        type,
        "-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + "\n-----END OPENSSH PRIVATE KEY-----\n",
        name + " " + Base64.getEncoder().encodeToString(open.bytes()) + " " + comment + "\n");
  }

  /// Bytes as SSH writes them (RFC 4251, section 5).
  private static final class Blob {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Blob raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Blob word(int value) {
      return raw(
          new byte[] {
            (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
          });
    }

    Blob string(byte[] bytes) {
      return word(bytes.length).raw(bytes);
    }

    Blob text(String text) {
      return string(text.getBytes(StandardCharsets.US_ASCII));
    }

    Blob number(BigInteger value) {
      return string(value.toByteArray());
    }

    int size() {
      return out.size();
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
