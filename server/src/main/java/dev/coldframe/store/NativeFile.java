package dev.coldframe.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// Native libraries in the state folder, in `native/`, where nobody else can put one.
public final class NativeFile {
  private NativeFile() {}

  /// Puts one there, unless exactly that is there already.
  ///
  /// @param state the state folder
  /// @return where it is
  public static Path put(Path state, String name, byte[] content) throws IOException {
    Path folder = state.toAbsolutePath().resolve("native");
    PrivateFile.folder(folder);
    Path file = folder.resolve(name);
    if (!Arrays.equals(content, read(file))) {
      PrivateFile.write(file, content);
    }
    return file;
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new byte[0];
    }
  }
}
