package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ImagePassTest {
  private static final String IMAGE = "ab".repeat(32);

  /// Stands for a keyed signature.
  private static UnaryOperator<Bytes> key(int number) {
    return bytes -> {
      var digest = Sha256.digest();
      digest.update((byte) number);
      return Bytes.wrap(digest.digest(bytes.toArray()));
    };
  }

  @Test
  void opensItsImageForTwoMinutesEitherWay() {
    String pass = ImagePass.of(IMAGE, T0, key(1));
    assertThat(ImagePass.refusal(pass, IMAGE, T0, key(1))).isEmpty();
    assertThat(ImagePass.refusal(pass, IMAGE, T0.plusSeconds(120), key(1))).isEmpty();
    assertThat(ImagePass.refusal(pass, IMAGE, T0.minusSeconds(120), key(1))).isEmpty();
    assertThat(ImagePass.refusal(pass, IMAGE, T0.plusSeconds(121), key(1)))
        .contains("pass for an image that is too old");
  }

  @Test
  void opensNothingElse() {
    String pass = ImagePass.of(IMAGE, T0, key(1));
    assertThat(ImagePass.refusal(pass, "cd".repeat(32), T0, key(1))).isPresent();
    assertThat(ImagePass.refusal(pass, IMAGE, T0, key(2))).isPresent();
    assertThat(ImagePass.refusal("1" + pass, IMAGE, T0, key(1))).isPresent();
    assertThat(ImagePass.refusal("", IMAGE, T0, key(1))).contains("no pass for an image");
  }
}
