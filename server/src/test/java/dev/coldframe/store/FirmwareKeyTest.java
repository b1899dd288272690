package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The key that signs ramdisks.
class FirmwareKeyTest {
  @TempDir Path temp;

  @Test
  void isMadeOnceAndReadAgain() throws Exception {
    Path state = temp.resolve("state");
    assertThat(FirmwareKey.of(state)).isEmpty();
    FirmwareKey key = FirmwareKey.make(state);
    assertThat(FirmwareKey.of(state).orElseThrow().publicPem()).isEqualTo(key.publicPem());
    assertThat(Files.readString(FirmwareKey.publicFile(state))).isEqualTo(key.publicPem());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state.resolve("firmware-key.pem"))))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> FirmwareKey.make(state)).hasMessageContaining("is not replaced");
    assertThat(key).hasToString("FirmwareKey");
  }

  @Test
  void writesThePublicHalfAsAnEepromHoldsIt() throws Exception {
    Path state = temp.resolve("state");
    FirmwareKey key = FirmwareKey.make(state);
    byte[] der =
        Base64.getMimeDecoder().decode(key.publicPem().replaceAll("-----[A-Z ]+-----", ""));
    var rsa =
        (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
    byte[] eeprom = Files.readAllBytes(state.resolve("firmware-pubkey.bin"));
    assertThat(eeprom).hasSize(264);
    assertThat(number(Arrays.copyOf(eeprom, 256))).isEqualTo(rsa.getModulus());
    assertThat(number(Arrays.copyOfRange(eeprom, 256, 264))).isEqualTo(rsa.getPublicExponent());
  }

  private static BigInteger number(byte[] littleEndian) {
    byte[] out = new byte[littleEndian.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = littleEndian[out.length - 1 - i];
    }
    return new BigInteger(1, out);
  }

  @Test
  void takesAKeyOfEitherForm() throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    byte[] pkcs8 = pairs.generateKeyPair().getPrivate().getEncoded();
    // The octets inside are PKCS #1.
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    FirmwareKey one = FirmwareKey.keep(temp.resolve("one"), pem("PRIVATE KEY", pkcs8));
    FirmwareKey two = FirmwareKey.keep(temp.resolve("two"), pem("RSA PRIVATE KEY", pkcs1));
    assertThat(one.publicPem()).isEqualTo(two.publicPem());
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  @Test
  void refusesWhatIsNoSuchKey() throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(1024);
    byte[] shortKey = pairs.generateKeyPair().getPrivate().getEncoded();
    for (String text : new String[] {"", "hello", pem("PRIVATE KEY", shortKey)}) {
      assertThatThrownBy(() -> FirmwareKey.keep(temp.resolve("state"), text))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no RSA key of 2048 bits");
    }
  }
}
