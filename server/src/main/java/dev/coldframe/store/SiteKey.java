package dev.coldframe.store;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The site's own secret: 32 random bytes in `site.key` of the state folder, made once. It seals
/// the nodes' secrets and signs what the installer writes on disks; every purpose has a key of its
/// own, derived from it (HKDF, RFC 5869). Any thread.
public final class SiteKey {
  private static final String FILE = "site.key";
  private static final int BYTES = 32;
  private static final String MAC = "HmacSHA256";

  private final SecretKey key;

  private SiteKey(byte[] key) {
    this.key = new SecretKeySpec(key, "HKDF-SHA256");
  }

  /// The key of a state folder; makes one where there is none. The caller holds the folder's lock.
  ///
  /// @throws StoreException when it cannot be read or kept, or is missing although secrets were
  ///   sealed with it
  public static SiteKey of(Path state) {
    Path file = state.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        requireNothingSealed(state);
        byte[] fresh = new byte[BYTES];
        new SecureRandom().nextBytes(fresh);
        PrivateFile.folder(state);
        PrivateFile.write(file, fresh);
        return new SiteKey(fresh);
      }
      if (Files.size(file) != BYTES) {
        throw new StoreException(
            file + " is damaged: it has not " + BYTES + " bytes; restore it from a backup");
      }
      return new SiteKey(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StoreException("the site key " + file + " cannot be used", e);
    }
  }

  /// A new key would open nothing that the lost one sealed, and the nodes would come back as
  /// strangers.
  private static void requireNothingSealed(Path state) throws IOException {
    if (NodeSecrets.anyIn(state)) {
      throw new StoreException(
          "there is no "
              + state.resolve(FILE)
              + ", but secrets of nodes that it sealed; restore it from a backup, or remove "
              + state.resolve(NodeSecrets.FOLDER)
              + " to give the nodes new host keys");
    }
  }

  /// A signature of data: HMAC-SHA-256 with the key for that purpose.
  ///
  /// @param purpose a fixed word; signatures for one purpose mean nothing for another
  public Bytes mac(String purpose, Bytes data) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(derived("mac " + purpose, MAC));
      return Bytes.wrap(mac.doFinal(data.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + MAC, e);
    }
  }

  /// What another appliance knows the same key by; it opens nothing.
  ///
  /// @return 64 hex digits
  public String mark() {
    return mac("which key this is", Bytes.of("coldframe", StandardCharsets.US_ASCII)).hex();
  }

  /// The key that seals what is kept for a purpose.
  SecretKey sealing(String purpose) {
    return derived("seal " + purpose, "AES");
  }

  private SecretKey derived(String info, String algorithm) {
    try {
      byte[] bound = ("coldframe " + info).getBytes(StandardCharsets.UTF_8);
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(algorithm, HKDFParameterSpec.expandOnly(key, bound, BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF", e);
    }
  }

  /// Says nothing of itself.
  @Override
  public String toString() {
    return "SiteKey";
  }
}
