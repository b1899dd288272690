package dev.coldframe.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// HTTP/1.1 by hand on a loopback port: a browser's client would not let a test forge Host or
/// Origin.
public record TcpHttp(int port) {
  /// A request without a body.
  ///
  /// @param headers each `Name: value`; without a Host, the right one is added
  public UnixHttp.Answer send(String method, String path, String... headers) throws IOException {
    return send(method, path, "", headers);
  }

  /// A request with a JSON body.
  public UnixHttp.Answer send(String method, String path, String body, String[] headers)
      throws IOException {
    boolean hosted = Arrays.stream(headers).anyMatch(h -> h.startsWith("Host:"));
    String length = "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
    String head =
        Stream.of(
                Stream.of(method + " " + path + " HTTP/1.1", "Connection: close", length),
                hosted ? Stream.<String>empty() : Stream.of("Host: " + host()),
                body.isEmpty()
                    ? Stream.<String>empty()
                    : Stream.of("Content-Type: application/json"),
                Arrays.stream(headers))
            .flatMap(lines -> lines)
            .collect(Collectors.joining("\r\n"));
    return raw(head + "\r\n\r\n" + body);
  }

  /// `127.0.0.1:8080`.
  public String host() {
    return "127.0.0.1:" + port;
  }

  /// Any bytes; reads until the server closes.
  public UnixHttp.Answer raw(String request) throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String[] parts = answer.split("\r\n\r\n", 2);
      int status = parts[0].isEmpty() ? 0 : Integer.parseInt(parts[0].split(" ", 3)[1]);
      return new UnixHttp.Answer(status, parts[0], parts.length > 1 ? parts[1] : "");
    }
  }

  /// A header of an answer.
  public static Optional<String> header(UnixHttp.Answer answer, String name) {
    return answer
        .head()
        .lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }
}
