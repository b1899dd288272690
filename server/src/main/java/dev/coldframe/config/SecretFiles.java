package dev.coldframe.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/// Reads keys that name the file of a secret, `file:secrets/sw1`. The messages never repeat what
/// was written: it may be the secret itself.
final class SecretFiles {
  private static final String FILE = "file:";
  private static final String NO_FILE = "names no file; write file: and the path of a file with it";

  private final Path configFolder;
  private final ServedFolders folders;

  /// @param configFolder what relative paths begin at
  /// @param folders have been read; no secret may lie in them
  SecretFiles(Path configFolder, ServedFolders folders) {
    this.configFolder = configFolder;
    this.folders = folders;
  }

  /// The absolute path of a secret's file that must be named.
  ///
  /// @param what is in it
  Optional<String> require(Fields in, String key, String what) {
    return outside(
        in, key, in.require(key, file(), "write file: and the path of a file with " + what));
  }

  /// The absolute path of a secret's file, where one is named.
  Optional<String> get(Fields in, String key) {
    return outside(in, key, in.get(key, file()));
  }

  /// Refuses a file with a secret that another key names and that is served.
  void refuseServed(Path file, String what, Place place) {
    folders.refuseInside(file, what, place);
  }

  private Optional<String> outside(Fields in, String key, Optional<String> file) {
    file.ifPresent(f -> folders.refuseInside(Path.of(f), "the secret", in.place(key)));
    return file;
  }

  private Read<String> file() {
    return Reads.TEXT
        .keeping(text ->
            text.startsWith(FILE) ? Optional.empty() : Optional.of(NO_FILE + ", never the secret"))
        .keeping(text ->
            path(text).filter(Files::isRegularFile).isPresent()
                ? Optional.empty()
                : Optional.of(NO_FILE + "; there is none of that name"))
        .doubting(text ->
            path(text)
                .filter(SecretFiles::isOpen)
                .map(_ -> "the file can be read by everybody on this machine; 'chmod 600' it"))
        .as(text -> path(text).map(Path::toString).orElse(text));
  }

  private Optional<Path> path(String text) {
    try {
      String name = text.substring(FILE.length());
      return Optional.of(configFolder.resolve(name).toAbsolutePath().normalize());
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException _) {
      // Gone meanwhile; that is told when it is needed.
      return false;
    }
  }
}
