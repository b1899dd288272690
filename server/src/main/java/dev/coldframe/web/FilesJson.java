package dev.coldframe.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a node would be served, as the API shows it. Blocks.
final class FilesJson {
  /// Longer texts are no templates' doing.
  static final int MAX_TEXT_BYTES = 256 << 10;

  /// Enough to see what a small binary file is.
  static final int MAX_BINARY_BYTES = 16 << 10;

  private final Previews previews;

  FilesJson(Previews previews) {
    this.previews = previews;
  }

  ObjectNode list(String node) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("files");
    try {
      for (Previews.Listed file : previews.list(node)) {
        rows.addObject()
            .put("path", file.path())
            .put("bytes", file.sizeBytes())
            .put("origin", file.origin());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  /// One file: its text where it is one, and then what its image has in that place; its bytes where
  /// they are few.
  ///
  /// @throws Problem when the node has none of that path
  ObjectNode file(String node, String path) {
    try {
      Previews.Listed file =
          previews.list(node).stream()
              .filter(listed -> listed.path().equals(path))
              .findFirst()
              .orElseThrow(FilesJson::none);
      ObjectNode out = JsonMapper.shared().createObjectNode();
      out.put("path", path);
      out.put("origin", file.origin());
      out.put("bytes", file.sizeBytes());
      out.putNull("text");
      out.putNull("base64");
      out.putNull("original");
      if (file.sizeBytes() <= MAX_TEXT_BYTES) {
        show(previews.read(node, path).orElseThrow(FilesJson::none), out);
        previews
            .original(node, path)
            .filter(_ -> out.path("text").isString())
            .ifPresent(text -> out.put("original", text));
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Problem none() {
    return new Problem(404, "the node has no such file; its files list has all");
  }

  private static void show(byte[] bytes, ObjectNode out) {
    Optional<String> text = text(bytes);
    if (text.isPresent()) {
      out.put("text", text.get());
    } else if (bytes.length <= MAX_BINARY_BYTES) {
      out.put("base64", Base64.getEncoder().encodeToString(bytes));
    }
  }

  private static Optional<String> text(byte[] bytes) {
    for (byte one : bytes) {
      if (one == 0) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }
}
