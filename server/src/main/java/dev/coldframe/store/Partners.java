package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Under which addresses the other appliances answer that share this one's state: the file
/// `partners` of the state folder, an address and until when it is believed a line. They are known
/// by it also while the database is away, and to commands.
public final class Partners {
  private static final String FILE = "partners";

  private Partners() {}

  /// Those that the folder knows of; none where that cannot be read: it is a copy, and comes again.
  public static Map<Ip4, Instant> of(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream()
              .map(line -> line.split(" ", 2))
              .filter(words -> words.length == 2)
              .collect(
                  Collectors.toUnmodifiableMap(
                      words -> Ip4.parse(words[0]), words -> Instant.parse(words[1]), (a, _) -> a))
          : Map.of();
    } catch (IOException | IllegalArgumentException | DateTimeParseException _) {
      return Map.of();
    }
  }

  /// Keeps them; they are in the folder whole or not at all.
  ///
  /// @throws IOException when they cannot be written
  public static void write(Path folder, Map<Ip4, Instant> partners) throws IOException {
    String lines =
        new TreeMap<>(partners)
            .entrySet().stream()
                .map(partner -> partner.getKey() + " " + partner.getValue() + "\n")
                .collect(Collectors.joining());
    PrivateFile.write(folder.resolve(FILE), lines.getBytes(StandardCharsets.UTF_8));
  }

  /// Makes a folder one of an appliance that is alone.
  ///
  /// @throws IOException when they cannot be removed
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }
}
