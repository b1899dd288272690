package dev.coldframe.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// HTTP/1.1 by hand on a Unix socket, so that a test can also say what no client would.
public record UnixHttp(Path socket) {
  /// What came back.
  public record Answer(int status, String head, String body) {
    /// The body as JSON.
    public JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    /// What a problem says.
    public String detail() {
      return json().path("detail").asString("");
    }
  }

  /// A request without a body.
  public Answer send(String method, String path) throws IOException {
    return raw(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  /// A POST of JSON.
  public Answer post(String path, String json) throws IOException {
    return post(path, "application/json", json);
  }

  /// A POST.
  public Answer post(String path, String type, String body) throws IOException {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return raw(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n"
            + body);
  }

  /// Any bytes; reads until the server closes.
  public Answer raw(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      try {
        while (out.hasRemaining()) {
          channel.write(out);
        }
      } catch (IOException _) {
        // The server may have heard enough and answered.
      }
      var in = new ByteArrayOutputStream();
      Channels.newInputStream(channel).transferTo(in);
      String[] parts = in.toString(StandardCharsets.UTF_8).split("\r\n\r\n", 2);
      String head = parts[0];
      int status = head.isEmpty() ? 0 : Integer.parseInt(head.split(" ", 3)[1]);
      return new Answer(status, head, parts.length > 1 ? parts[1] : "");
    }
  }
}
