package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a relay is given to find and to trust its appliance: one file, which is as secret as the
/// private key in it.
///
/// ```
/// coldframe relay 1
/// name edge1
/// server vps.example:8443
/// -----BEGIN CERTIFICATE----- the appliance's
/// -----BEGIN CERTIFICATE----- the relay's own
/// -----BEGIN PRIVATE KEY----- the relay's own
/// ```
///
/// @param name what the appliance calls the relay
/// @param server where the appliance is heard
/// @param trusted PEM, the certificate that the appliance must show
/// @param own the relay's own
public record EdgeBundle(String name, Endpoint server, String trusted, KeyPem own) {
  private static final String FIRST = "coldframe relay 1";
  private static final String NAME = "name ";
  private static final String SERVER = "server ";
  private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";
  private static final int MAX_BYTES = 65_536;
  private static final int MAX_PORT = 65_535;

  /// A host and a port.
  ///
  /// @param host a name or an IPv4 address
  public record Endpoint(String host, int port) {
    /// Reads `host:port`.
    public static Optional<Endpoint> tryParse(String text) {
      int colon = text.lastIndexOf(':');
      String port = text.substring(colon + 1);
      boolean good =
          colon > 0
              && port.matches("[0-9]{1,5}")
              && text.substring(0, colon).matches("[A-Za-z0-9.-]{1,253}")
              && Integer.parseInt(port) > 0
              && Integer.parseInt(port) <= MAX_PORT;
      return good
          ? Optional.of(new Endpoint(text.substring(0, colon), Integer.parseInt(port)))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /// Reads a bundle.
  ///
  /// @throws StoreException when it is none
  public static EdgeBundle read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new StoreException(file + " is no relay's bundle: it is too long");
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    String[] lines = text.split("\n", 4);
    int own = text.lastIndexOf(CERTIFICATE);
    int trusted = text.indexOf(CERTIFICATE);
    Optional<Endpoint> server =
        lines.length == 4 && lines[2].startsWith(SERVER)
            ? Endpoint.tryParse(lines[2].substring(SERVER.length()))
            : Optional.empty();
    if (server.isEmpty()
        || !lines[0].equals(FIRST)
        || !lines[1].startsWith(NAME)
        || trusted < 0
        || own <= trusted) {
      throw new StoreException(
          file + " is no relay's bundle; make one with 'coldframe relay invite' on the appliance");
    }
    return new EdgeBundle(
        lines[1].substring(NAME.length()),
        server.get(),
        text.substring(trusted, own),
        KeyPem.parse(text.substring(own)));
  }

  /// Writes it, mode 0600.
  public void write(Path file) throws IOException {
    String head = FIRST + "\n" + NAME + name + "\n" + SERVER + server + "\n";
    PrivateFile.write(
        file, (head + trusted + own.certificate() + own.key()).getBytes(StandardCharsets.US_ASCII));
  }

  /// Says nothing of the key.
  @Override
  public String toString() {
    return "EdgeBundle[" + name + " at " + server + "]";
  }
}
