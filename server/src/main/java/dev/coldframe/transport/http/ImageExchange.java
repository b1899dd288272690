package dev.coldframe.transport.http;

import dev.coldframe.node.ImagePass;
import dev.coldframe.store.image.StoredImage;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends an image to another appliance of the site, which proves by the site's key that it is one.
final class ImageExchange {
  private static final Logger LOG = LoggerFactory.getLogger(ImageExchange.class);

  private final BootPlane plane;
  private final Exchange exchange;

  ImageExchange(BootPlane plane, Exchange exchange) {
    this.plane = plane;
    this.exchange = exchange;
  }

  /// Answers.
  ///
  /// @param sha256 the image
  /// @param pass as it was presented
  void answer(String sha256, String pass) {
    Optional<String> refusal =
        ImagePass.refusal(pass, sha256, plane.clock().instant(), plane.installs().copies());
    if (refusal.isPresent()) {
      plane.counters().count("http", refusal.get());
      exchange.status(403);
      return;
    }
    plane
        .blocking()
        .execute(() -> {
          try {
            Optional<StoredImage> image = plane.installs().stored(sha256);
            Content content = image.isPresent() ? open(image.get()) : null;
            exchange.onLoop(() -> {
              if (content == null) {
                exchange.status(404);
              } else {
                exchange.content(content, (_, _) -> {});
              }
            });
          } catch (IOException | RuntimeException e) {
            LOG.error("an image cannot be sent sha256={}", sha256, e);
            exchange.onLoop(() -> exchange.status(500));
          }
        });
  }

  private static Content open(StoredImage image) throws IOException {
    FileChannel channel = FileChannel.open(image.file(), StandardOpenOption.READ);
    try {
      var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      return new Content.OnDisk(
          channel, 0, mapped, image.content().sha256(), "image", () -> close(channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("an image cannot be closed", e);
    }
  }
}
