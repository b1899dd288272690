package dev.coldframe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SystemImageTest {
  @Test
  void noiseIsIncompressibleTextIsNotAndZerosAreEmpty() throws Exception {
    var image = new ByteArrayOutputStream();
    byte[] noise = new byte[5 << 16];
    new SplittableRandom(1).nextBytes(noise);
    image.write(noise);
    image.write("a line of text\n".repeat(4370).getBytes(StandardCharsets.US_ASCII), 0, 1 << 16);
    image.write(new byte[(3 << 16) + 100]);
    SystemImage.Share share = SystemImage.Share.of(new ByteArrayInputStream(image.toByteArray()));
    assertThat(share).isEqualTo(new SystemImage.Share(50, 40));
  }
}
