package dev.coldframe.cli;

import dev.coldframe.EnvironmentException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The server that runs with a state folder, spoken to over its socket. The JDK's HTTP client knows
/// no Unix sockets, and one request with one answer needs none.
final class RunningServer {
  private static final String SOCKET = "coldframe.sock";
  private static final int MAX_ANSWER_BYTES = 64 << 20;
  private static final String HEAD_END = "\r\n\r\n";

  private final Path state;

  RunningServer(Path state) {
    this.state = state;
  }

  /// A part of a path; anything may stand in it.
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Asks for something.
  JsonNode get(String path) {
    return ask("GET", path, "");
  }

  /// Wishes something.
  ///
  /// @param fields what it is given; empty ones are left out
  JsonNode post(String path, Map<String, Optional<String>> fields) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    fields.forEach((name, value) -> value.ifPresent(text -> body.put(name, text)));
    return ask("POST", path, body.toString());
  }

  /// Wishes something away.
  JsonNode delete(String path) {
    return ask("DELETE", path, "");
  }

  /// @throws EnvironmentException when no server answers
  /// @throws Refusal with the server's words when it refuses
  private JsonNode ask(String method, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
    String head =
        method
            + " /api/v1"
            + path
            + " HTTP/1.1\r\nHost: coldframe\r\nConnection: close\r\n"
            + type
            + "Content-Length: "
            + bytes.length
            + HEAD_END;
    return read(exchange(head + body));
  }

  private String exchange(String request) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(state.resolve(SOCKET)));
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
      return new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException e) {
      throw new EnvironmentException(
          "no server answers at "
              + state.resolve(SOCKET)
              + "; start one with 'coldframe serve', name its --state, or use sudo",
          e);
    }
  }

  private static JsonNode read(String answer) {
    int body = answer.indexOf(HEAD_END);
    if (body < 0 || !answer.startsWith("HTTP/1.1 ")) {
      throw new EnvironmentException("the server broke off; its log says why");
    }
    boolean done = answer.charAt("HTTP/1.1 ".length()) == '2';
    try {
      JsonNode json = JsonMapper.shared().readTree(answer.substring(body + HEAD_END.length()));
      if (done) {
        return json;
      }
      throw new Refusal(
          ExitCode.REFUSED, "coldframe: " + Table.clean(json.path("detail").asString("")));
    } catch (JacksonException e) {
      throw new EnvironmentException("the server broke off; its log says why", e);
    }
  }
}
