package dev.coldframe.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An authority of its own, and certificates of servers that it has signed, as PEM files in a
/// folder.
public final class Certificates {
  private final Path folder;

  /// Makes `ca.crt` and its key.
  ///
  /// @param folder is made
  public Certificates(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-noenc",
        "-days",
        "2",
        "-subj",
        "/CN=authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt");
  }

  /// The authority's own certificate.
  public Path authority() {
    return folder.resolve("ca.crt");
  }

  /// Makes `server.crt` and `server.key`.
  ///
  /// @param name as a certificate has it, `DNS:db.example` or `IP:127.0.0.1`
  public void server(String name) throws IOException, InterruptedException {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-noenc",
        "-days",
        "2",
        "-subj",
        "/CN=server",
        "-addext",
        "subjectAltName=" + name,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-keyout",
        "server.key",
        "-out",
        "server.crt");
  }

  /// What [#server] has made last.
  public Path certificate() {
    return folder.resolve("server.crt");
  }

  /// Its private key.
  public Path key() {
    return folder.resolve("server.key");
  }

  private void openssl(String... words) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("openssl"));
    all.addAll(List.of(words));
    Process ran =
        new ProcessBuilder(all).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(ran.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(ran.waitFor()).as(said).isZero();
  }
}
