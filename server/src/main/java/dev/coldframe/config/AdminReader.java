package dev.coldframe.config;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Admin;
import dev.coldframe.node.EventType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads how the operator plane is reached.
final class AdminReader {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_URL_CHARS = 2_000;
  private static final Admin.Endpoint DEFAULT = new Admin.Endpoint(Ip4.parse("127.0.0.1"), 8080);

  private static final Read<Admin.Endpoint> LISTEN = endpoint("127.0.0.1:8080");
  private static final Read<Set<EventType>> KINDS =
      Reads.some(
              Reads.listOf(Reads.choice(Section.WEBHOOK, "kinds", List.of(EventType.values()))),
              "list kinds of events, or leave the key out for all")
          .as(Set::copyOf);

  /// Not repeated in messages: it may hold a password.
  private static final Read<String> URL = Reads.TEXT.keeping(AdminReader::urlProblem);

  private final Path configFolder;
  private final ServedFolders folders;
  private final Problems problems;

  /// @param configFolder what relative paths begin at
  /// @param folders have been read; no private key may lie in them
  AdminReader(Problems problems, Path configFolder, ServedFolders folders) {
    this.problems = problems;
    this.configFolder = configFolder;
    this.folders = folders;
  }

  Admin read(Fields in) {
    return new Admin(
        in.get("listen", LISTEN, DEFAULT),
        in.get("tls").flatMap(this::tls),
        in.get("webhook").flatMap(this::webhook));
  }

  private Optional<Admin.Tls> tls(Value value) {
    Fields in = Fields.of(value, Section.ADMIN_TLS, problems);
    Optional<String> certificate =
        in.require("certificate", file(), "write the path of the PEM file with the certificate");
    Optional<String> key =
        in.require("key", file(), "write the path of the PEM file with its private key");
    key.ifPresent(k -> folders.refuseInside(Path.of(k), "the private key", in.place("key")));
    return certificate.flatMap(c -> key.map(k -> new Admin.Tls(c, k)));
  }

  private Read<String> file() {
    return Reads.TEXT
        .keeping(text -> {
          Optional<Path> path = path(text);
          return path.isPresent() && Files.isRegularFile(path.get())
              ? Optional.empty()
              : Optional.of(Reads.quote(text) + " is no file; name a PEM file");
        })
        .as(text -> path(text).map(Path::toString).orElse(text));
  }

  private Optional<Path> path(String text) {
    try {
      return Optional.of(configFolder.resolve(text).toAbsolutePath().normalize());
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private Optional<Admin.Webhook> webhook(Value value) {
    Fields in = Fields.of(value, Section.WEBHOOK, problems);
    Set<EventType> kinds = in.get("kinds", KINDS, Set.of());
    return in.require("url", URL, "write where events are sent")
        .map(url -> new Admin.Webhook(url, kinds));
  }

  private static Optional<String> urlProblem(String text) {
    try {
      var url = new URI(text);
      boolean good =
          text.length() <= MAX_URL_CHARS
              && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getPort() <= MAX_PORT
              && url.getFragment() == null
              && url.getUserInfo() == null;
      return good ? Optional.empty() : Optional.of(noUrl());
    } catch (URISyntaxException _) {
      return Optional.of(noUrl());
    }
  }

  private static String noUrl() {
    return "is no URL that can be called; write one such as https://chat.example/hook";
  }

  /// An address of this machine and a port.
  ///
  /// @param example what one looks like
  static Read<Admin.Endpoint> endpoint(String example) {
    return Reads.parsed(AdminReader::tryParseEndpoint, "an address and port such as " + example);
  }

  private static Optional<Admin.Endpoint> tryParseEndpoint(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT) {
      return Optional.empty();
    }
    return Ip4.tryParse(text.substring(0, colon))
        .map(address -> new Admin.Endpoint(address, Integer.parseInt(port)));
  }
}
