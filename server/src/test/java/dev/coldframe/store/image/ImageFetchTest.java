package dev.coldframe.store.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coldframe.disk.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images that come from another appliance are there whole or not at all.
class ImageFetchTest {
  private static final byte[] DISK =
      dev.coldframe.testkit.Images.disk(
          dev.coldframe.testkit.Images.fat(dev.coldframe.testkit.Images.trixie()));
  private static final String SHA256 = HexFormat.of().formatHex(Sha256.digest().digest(DISK));
  private static final ImageFetch.Wanted WANTED =
      new ImageFetch.Wanted("raspios", SHA256, DISK.length);

  @TempDir Path state;

  private final List<String> ranges = new ArrayList<>();
  private byte[] served = DISK;
  private int cutAt = Integer.MAX_VALUE;
  private HttpServer server;
  private Images images;
  private ImageFetch fetch;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/image", this::serve);
    server.start();
    images = new Images(state);
    fetch = new ImageFetch(state, images);
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(String.valueOf(range));
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    exchange.sendResponseHeaders(range == null ? 200 : 206, served.length - from);
    try (exchange;
        var out = exchange.getResponseBody()) {
      out.write(served, from, Math.min(served.length, cutAt) - from);
      out.flush();
    }
  }

  private StoredImage get() throws IOException, ImageRefused {
    return fetch.fetch(
        WANTED, URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/image"));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(state.resolve("images"))) {
      return all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(".")).toList();
    }
  }

  @Test
  void takesItInAsIfItWereAddedHere() throws Exception {
    StoredImage image = get();
    assertThat(image.name()).isEqualTo("raspios");
    assertThat(image.content().sha256()).isEqualTo(SHA256);
    assertThat(Files.readAllBytes(image.file())).isEqualTo(DISK);
    assertThat(images.list()).extracting(StoredImage::name).containsExactly("raspios");
    assertThat(left()).isEmpty();
  }

  @Test
  void whatWasCutGoesOnWhereItStopped() throws Exception {
    cutAt = 5_000;
    assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    assertThat(images.list()).as("never half").isEmpty();
    cutAt = Integer.MAX_VALUE;
    assertThat(get().content().sha256()).isEqualTo(SHA256);
    assertThat(ranges).containsExactly("null", "bytes=5000-");
  }

  @Test
  void anythingElseIsRefusedAndNotKept() throws Exception {
    served = Arrays.copyOf(DISK, DISK.length);
    served[served.length - 1] ^= 1;
    assertThatThrownBy(this::get)
        .isInstanceOfSatisfying(ImageRefused.class, e -> assertThat(e.isBusy()).isFalse())
        .hasMessageContaining("its SHA-256 is");
    assertThat(images.list()).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  void whatWasFetchedWaitsWhileAnotherImageIsTakenIn() throws Exception {
    Path lock = Files.createDirectories(state.resolve("images")).resolve("lock");
    try (var other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = other.lock()) {
      assertThatThrownBy(this::get)
          .isInstanceOfSatisfying(ImageRefused.class, e -> assertThat(e.isBusy()).isTrue());
      assertThat(left()).containsExactly(".fetched-" + SHA256);
    }
    assertThat(get().content().sha256()).isEqualTo(SHA256);
    assertThat(ranges).as("not fetched again").hasSize(1);
    assertThat(left()).isEmpty();
  }

  @Test
  void whatNobodyWantsAnyMoreIsDeleted() throws Exception {
    cutAt = 5_000;
    assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    fetch.keepOnly(Set.of(SHA256));
    assertThat(left()).containsExactly(".fetched-" + SHA256);
    fetch.keepOnly(Set.of());
    assertThat(left()).isEmpty();
  }
}
