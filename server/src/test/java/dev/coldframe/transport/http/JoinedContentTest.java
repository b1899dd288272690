package dev.coldframe.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Images;
import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Content of many parts over HTTP, whole and in ranges.
class JoinedContentTest {
  private static final byte[] FILE = Images.bytes(1, 400_000);

  @TempDir Path folder;
  private final AtomicInteger open = new AtomicInteger();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private byte[] whole = new byte[0];
  private HttpBench bench;

  @BeforeEach
  void serve() throws IOException {
    Content.Joined joined = joined();
    bench =
        new HttpBench(
            folder,
            () -> {
              open.incrementAndGet();
              return joined;
            },
            Duration.ofSeconds(30));
    opened.add(bench);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  /// Runs of a file in another order, with bytes in memory between them.
  private Content.Joined joined() throws IOException {
    Path path = Files.write(folder.resolve("image"), FILE);
    FileChannel channel = FileChannel.open(path);
    opened.add(channel);
    MemorySegment mapped =
        channel.map(FileChannel.MapMode.READ_ONLY, 0, FILE.length, Arena.ofAuto());
    var parts = new ArrayList<Content.Part>();
    for (int at : new int[] {300_000, 0, 100_000, 7, 200_000}) {
      int length = at == 7 ? 1 : 100_000;
      parts.add(new Content.Part(mapped.asSlice(at, length), Optional.of(channel), at));
      ByteBuffer memory = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
      parts.add(new Content.Part(MemorySegment.ofBuffer(memory), Optional.empty(), 0));
    }
    Content.Joined out = Content.Joined.of(parts, "tag", "test", open::decrementAndGet);
    ByteBuffer all = ByteBuffer.allocate((int) out.sizeBytes());
    out.read(0, all);
    whole = all.array();
    return out;
  }

  private byte[] get(String headers) throws IOException {
    return bench.exchange(
        "GET /boot.img HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
  }

  private static byte[] body(byte[] response) {
    String head = new String(response, StandardCharsets.ISO_8859_1);
    int at = head.indexOf("\r\n\r\n") + 4;
    assertThat(head.substring(0, at)).contains("content-length: " + (response.length - at));
    return Arrays.copyOfRange(response, at, response.length);
  }

  @Test
  @Tag("H-02")
  void isSentWholeAndInRanges() throws IOException {
    assertThat(body(get(""))).isEqualTo(whole);
    for (int[] range :
        new int[][] {
          {0, 0}, {99_999, 100_003}, {100_000, 100_002}, {50, 400_005}, {400_000, 400_015}
        }) {
      byte[] part = body(get("Range: bytes=" + range[0] + "-" + range[1] + "\r\n"));
      int end = Math.min(range[1] + 1, whole.length);
      assertThat(part).isEqualTo(Arrays.copyOfRange(whole, range[0], end));
    }
  }

  @Test
  void isGivenBackAfterEachAnswer() throws IOException {
    get("");
    get("Range: bytes=5-9\r\n");
    get("If-None-Match: \"tag\"\r\n");
    get("Range: bytes=999999999-\r\n");
    Awaitility.await().until(() -> open.get() == 0);
  }
}
