package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HTTP/1.1 as the tools of an initramfs speak it: one request a connection. Whoever boots a Pi
/// sends Content-Length, because the firmware's own client knows no chunks (reference, section
/// 4.2).
final class PlainHttp {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int HEAD_BYTES = 16 * 1024;

  /// A chunk of an image, and some room.
  private static final int BODY_BYTES = 5 << 20;

  private static final Pattern URL = Pattern.compile("http://([0-9.]+)(?::(\\d{1,5}))?(/.*)");

  private final Cable cable;
  private final Pace pace;
  private final Ip4 self;

  /// @param self the address that it speaks from
  PlainHttp(Cable cable, Pace pace, Ip4 self) {
    this.cable = cable;
    this.pace = pace;
    this.self = self;
  }

  /// Where something is.
  record Place(Ip4 host, int port, String path) {
    /// Reads a URL with an address in it.
    static Place of(String url, Cable cable) throws BootFailure {
      Matcher parts = URL.matcher(url);
      if (!parts.matches()) {
        throw new BootFailure("'" + url + "' is no URL that an installer can read");
      }
      String port = parts.group(2);
      return new Place(
          Ip4.tryParse(parts.group(1))
              .orElseThrow(() -> new BootFailure("'" + url + "' holds no address")),
          port == null ? cable.port(80) : Integer.parseInt(port),
          parts.group(3));
    }

    String authority() {
      return port == 80 ? host.toString() : host + ":" + port;
    }

    Place at(String otherPath) {
      return new Place(host, port, otherPath);
    }
  }

  /// An answer.
  record Answer(int status, Bytes content) {
    /// As text.
    String body() {
      return content.text(StandardCharsets.UTF_8);
    }
  }

  Answer get(Place place) throws IOException, BootFailure {
    return exchange(place, "GET " + place.path(), "");
  }

  Answer post(Place place, String text) throws IOException, BootFailure {
    return exchange(place, "POST " + place.path(), text);
  }

  private Answer exchange(Place place, String request, String body)
      throws IOException, BootFailure {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        request
            + " HTTP/1.1\r\nHost: "
            + place.authority()
            + "\r\nConnection: close\r\nUser-Agent: Wget\r\n"
            + (body.isEmpty()
                ? ""
                : "Content-Type: text/plain\r\nContent-Length: " + bytes.length + "\r\n")
            + "\r\n";
    Duration patience = pace.of(PATIENCE);
    try (Socket socket = cable.tcp(self, place.host(), place.port(), patience)) {
      var out = new ByteArrayOutputStream();
      out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes);
      socket.getOutputStream().write(out.toByteArray());
      return answer(new BufferedInputStream(socket.getInputStream()), request);
    } catch (java.net.SocketTimeoutException _) {
      throw new BootFailure(request + ": no answer within " + PATIENCE.toSeconds() + " s");
    } catch (java.net.ConnectException e) {
      throw new BootFailure(request + " to port " + place.port() + ": " + e.getMessage());
    }
  }

  private static Answer answer(InputStream in, String request) throws IOException, BootFailure {
    String head = head(in, request);
    Matcher status = Pattern.compile("^HTTP/1\\.1 (\\d{3})[ \r]").matcher(head);
    if (!status.find()) {
      throw new BootFailure(request + ": the answer is no HTTP");
    }
    int code = Integer.parseInt(status.group(1));
    if (code == 204 || code == 304) {
      return new Answer(code, Bytes.EMPTY);
    }
    int bytes = length(head, request);
    if (bytes > BODY_BYTES) {
      throw new BootFailure(request + ": an answer of " + bytes + " bytes");
    }
    byte[] body = in.readNBytes(bytes);
    if (body.length != bytes) {
      throw new BootFailure(
          request + ": Content-Length said " + bytes + " bytes, " + body.length + " came");
    }
    return new Answer(code, Bytes.wrap(body));
  }

  /// How many bytes follow a head.
  static int length(String head, String request) throws BootFailure {
    Matcher length =
        Pattern.compile("\r\ncontent-length: *(\\d{1,9})\r\n")
            .matcher(head.toLowerCase(Locale.ROOT));
    if (!length.find()) {
      throw new BootFailure(request + ": the answer has no Content-Length");
    }
    return Integer.parseInt(length.group(1));
  }

  /// Reads the head of an answer, with its last line end.
  static String head(InputStream in, String request) throws IOException, BootFailure {
    var head = new StringBuilder();
    while (head.length() < HEAD_BYTES) {
      int c = in.read();
      if (c < 0) {
        throw new BootFailure(request + ": the connection was closed without an answer");
      }
      head.append((char) c);
      if (c == '\n' && head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) >= 0) {
        return head.toString();
      }
    }
    throw new BootFailure(request + ": a head of more than " + HEAD_BYTES + " bytes");
  }
}
