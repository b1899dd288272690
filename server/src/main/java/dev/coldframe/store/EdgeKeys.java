package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.operator.OperatorCreationException;

/// The keys of the link between this appliance and its relays, in `relay/` of the state folder.
/// There is no authority: each end knows the other's certificate itself, and nothing else counts.
/// Taking a relay's file away shuts it out.
///
/// @param folder where they are
public record EdgeKeys(Path folder) {
  /// The two ends are enrolled by hand; a relay is invited anew when it is replaced.
  private static final Duration LIFE = Duration.ofDays(3_650);

  private static final String SUFFIX = ".pem";
  private static final String SERVER = "server.pem";
  private static final String RELAYS = "relays";

  /// The keys of a state folder.
  public static EdgeKeys of(Path state) {
    return new EdgeKeys(state.resolve("relay"));
  }

  /// A relay that is known.
  ///
  /// @param name by which networks name it
  /// @param fingerprint SHA-256 of its certificate
  public record Known(String name, String fingerprint) {}

  /// The appliance's own key; made when it is first asked for.
  ///
  /// @throws StoreException when it cannot be kept
  public KeyPem server(Instant now) {
    Path file = folder.resolve(SERVER);
    try {
      PrivateFile.folder(folder);
      if (!Files.exists(file)) {
        // The server and an invitation may come here at once: the first one's stays.
        Path fresh = folder.resolve(".server-" + ProcessHandle.current().pid());
        PrivateFile.write(fresh, make("coldframe", now).text());
        try {
          Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException _) {
          // The other one's is as good.
        } finally {
          Files.deleteIfExists(fresh);
        }
      }
      return KeyPem.parse(Files.readString(file));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new StoreException("the key in " + folder + " cannot be used", e);
    }
  }

  /// Makes a relay's key and remembers its certificate. The key itself is not kept.
  ///
  /// @param name a DNS label
  /// @param again whether a relay of that name is replaced; its old key is worthless from now on
  /// @return empty when there is one of that name
  /// @throws StoreException when it cannot be kept
  public Optional<KeyPem> invite(String name, boolean again, Instant now) {
    Path file = fileOf(name);
    try {
      if (Files.exists(file) && !again) {
        return Optional.empty();
      }
      PrivateFile.folder(folder.resolve(RELAYS));
      KeyPem pair = make(name, now);
      PrivateFile.write(file, pair.certificate().getBytes(StandardCharsets.US_ASCII));
      return Optional.of(pair);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new StoreException("the relay " + name + " cannot be kept in " + folder, e);
    }
  }

  private static KeyPem make(String name, Instant now)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    OwnCertificate made = OwnCertificate.pinned(name, LIFE, now);
    return new KeyPem(made.certificate(), made.key());
  }

  /// Shuts a relay out.
  ///
  /// @return whether it was known
  /// @throws StoreException when its file cannot be taken away
  public boolean revoke(String name) {
    try {
      return Files.deleteIfExists(fileOf(name));
    } catch (IOException e) {
      throw new StoreException("the relay " + name + " cannot be taken out of " + folder, e);
    }
  }

  /// Every relay that is let in, by name.
  ///
  /// @throws StoreException when they cannot be read
  public List<Known> relays() {
    try (Stream<Path> files = Files.list(folder.resolve(RELAYS))) {
      var out = new ArrayList<Known>();
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
          X509Certificate certificate = OwnCertificate.parse(Files.readString(file));
          out.add(
              new Known(
                  name.substring(0, name.length() - SUFFIX.length()),
                  OwnCertificate.fingerprint(certificate)));
        }
      }
      return out;
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException | GeneralSecurityException e) {
      throw new StoreException("the relays in " + folder + " cannot be read", e);
    }
  }

  /// Whose certificate that is; empty: nobody's who is let in.
  ///
  /// @throws StoreException when the relays cannot be read
  public Optional<String> relayOf(X509Certificate certificate) {
    try {
      String fingerprint = OwnCertificate.fingerprint(certificate);
      return relays().stream()
          .filter(known -> known.fingerprint().equals(fingerprint))
          .map(Known::name)
          .findFirst();
    } catch (GeneralSecurityException _) {
      return Optional.empty();
    }
  }

  private Path fileOf(String name) {
    return folder.resolve(RELAYS).resolve(name + SUFFIX);
  }
}
