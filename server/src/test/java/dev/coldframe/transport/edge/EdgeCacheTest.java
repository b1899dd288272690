package dev.coldframe.transport.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeCacheTest {
  private static final int MAX_BYTES = 1_000;

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-07-01T00:00:00Z");
  private EdgeCache cache;

  @BeforeEach
  void open() throws IOException {
    cache = new EdgeCache(folder, MAX_BYTES, () -> now);
  }

  private void put(String etag, int size, int value) throws IOException {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    cache.put(
        etag,
        size,
        position -> ByteBuffer.wrap(bytes, (int) position, (int) Math.min(100, size - position)));
    now = now.plus(Duration.ofMinutes(1));
  }

  private boolean has(String etag, int size) throws IOException {
    var found = cache.get(etag, size, "template");
    found.ifPresent(Content::close);
    now = now.plus(Duration.ofMinutes(1));
    return found.isPresent();
  }

  @Test
  void whatIsKeptComesBackWholeAlsoAfterARestart() throws IOException {
    put("a", 350, 7);
    cache = new EdgeCache(folder, MAX_BYTES, () -> now);
    try (Content content = cache.get("a", 350, "template").orElseThrow()) {
      ByteBuffer bytes = ByteBuffer.allocate(350);
      content.read(0, bytes);
      byte[] expected = new byte[350];
      Arrays.fill(expected, (byte) 7);
      assertThat(bytes.array()).isEqualTo(expected);
      assertThat(content.sizeBytes()).isEqualTo(350);
      assertThat(content.etag()).isEqualTo("a");
      assertThat(content.origin()).isEqualTo("template");
    }
  }

  @Test
  void anotherTagOrSizeIsAnotherFile() throws IOException {
    put("a", 350, 7);
    assertThat(has("b", 350)).isFalse();
    assertThat(has("a", 351)).isFalse();
    assertThat(has("empty", 0)).isTrue();
  }

  @Test
  void whatWasNotAskedForLongestMakesRoom() throws IOException {
    put("a", 400, 1);
    put("b", 400, 2);
    assertThat(has("a", 400)).isTrue();
    put("c", 400, 3);
    assertThat(has("a", 400)).isTrue();
    assertThat(has("b", 400)).isFalse();
    assertThat(has("c", 400)).isTrue();
  }

  @Test
  void aFileThatBreaksOffIsNotKept() throws IOException {
    assertThatThrownBy(() ->
            cache.put(
                "a",
                200,
                position -> {
                  if (position > 0) {
                    throw new IOException("lost");
                  }
                  return ByteBuffer.allocate(100);
                }))
        .isInstanceOf(IOException.class);
    assertThat(has("a", 200)).isFalse();
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aFileLongerThanTheCacheIsRefused() throws IOException {
    put("a", MAX_BYTES, 1);
    assertThat(has("a", MAX_BYTES)).isTrue();
    assertThatThrownBy(() -> put("b", MAX_BYTES + 1, 1)).hasMessageContaining("does not fit");
    assertThat(has("a", MAX_BYTES)).isTrue();
  }
}
