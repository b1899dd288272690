package dev.coldframe.store;

import java.nio.charset.StandardCharsets;

/// A certificate and its private key.
///
/// @param certificate PEM
/// @param key PEM, PKCS 8
public record KeyPem(String certificate, String key) {
  private static final String KEY = "-----BEGIN PRIVATE KEY-----";

  /// Reads a file that holds the certificate and then the key.
  ///
  /// @throws StoreException when it holds something else
  static KeyPem parse(String text) {
    int at = text.indexOf(KEY);
    if (at <= 0) {
      throw new StoreException("no certificate followed by a private key");
    }
    return new KeyPem(text.substring(0, at), text.substring(at));
  }

  byte[] text() {
    return (certificate + key).getBytes(StandardCharsets.US_ASCII);
  }

  /// Says nothing of the key.
  @Override
  public String toString() {
    return "KeyPem";
  }
}
