package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.image.ImageFetch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCopyTest {
  private static final String SHA256 = "0123456789abcdef".repeat(4);
  private static final ImageFetch.Wanted IMAGE = new ImageFetch.Wanted("raspios", SHA256, 1);

  private static ImageCopy of(ImageFetch.Wanted image) {
    return new ImageCopy("a", image, "192.168.0.2:80", 1);
  }

  @Test
  void whatAnApplianceWritesIsSound() {
    assertThat(of(IMAGE).isSound()).isTrue();
    assertThat(of(IMAGE).at("pass"))
        .hasToString("http://192.168.0.2:80/-/image/" + SHA256 + "/pass");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../../../etc", "0123", "/", "0123456789ABCDEF"})
  void aHashIsAHash(String hash) {
    assertThat(of(new ImageFetch.Wanted("raspios", hash, 1)).isSound()).isFalse();
    assertThat(of(new ImageFetch.Wanted("raspios", SHA256 + hash + "\n", 1)).isSound()).isFalse();
  }

  @Test
  void aNameIsAFilesAndASizeIsOne() {
    assertThat(of(new ImageFetch.Wanted("../raspios", SHA256, 1)).isSound()).isFalse();
    assertThat(of(new ImageFetch.Wanted("raspios", SHA256, 0)).isSound()).isFalse();
    assertThat(of(new ImageFetch.Wanted("raspios", SHA256, -1)).isSound()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "192.168.0.2",
        "192.168.0.2:",
        "192.168.0.2:0",
        "192.168.0.2:65536",
        "192.168.0.2:80/",
        "192.168.0.2:80@example.org",
        "192.168.0.2:+80",
        "example.org:80",
        "user@192.168.0.2:80",
        "[fe80::1]:80",
        ":80",
        "192.168.0.2:80 "
      })
  void anAddressIsOneOfTheSegment(String address) {
    assertThat(new ImageCopy("a", IMAGE, address, 1).isSound()).isFalse();
  }
}
