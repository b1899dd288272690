package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Under which addresses the other appliances answer that share this one's state: the file
/// `partners` of the state folder, an address a line. They are known by it also while the database
/// is away, and to commands.
public final class Partners {
  private static final String FILE = "partners";

  private Partners() {}

  /// Those that the folder knows of; none where that cannot be read: it is a copy, and comes again.
  public static Set<Ip4> of(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream()
              .map(Ip4::tryParse)
              .flatMap(Optional::stream)
              .collect(Collectors.toUnmodifiableSet())
          : Set.of();
    } catch (IOException _) {
      return Set.of();
    }
  }

  /// Keeps them; they are in the folder whole or not at all.
  ///
  /// @throws IOException when they cannot be written
  public static void write(Path folder, Set<Ip4> partners) throws IOException {
    String lines =
        new TreeSet<>(partners).stream().map(a -> a + "\n").collect(Collectors.joining());
    PrivateFile.write(folder.resolve(FILE), lines.getBytes(StandardCharsets.UTF_8));
  }

  /// Makes a folder one of an appliance that is alone.
  ///
  /// @throws IOException when they cannot be removed
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }
}
