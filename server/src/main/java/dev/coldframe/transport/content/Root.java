package dev.coldframe.transport.content;

import dev.coldframe.boot.BootTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/// A folder whose regular files may be served. Symbolic links are followed as long as they stay in
/// it (row T-07).
///
/// A path is resolved to its real path, which holds no link, and checked against the real root.
/// Then it is opened part by part, each with `openat(…, O_NOFOLLOW)` below the one before: if a
/// part is swapped for a link after the check, the opening fails. Directories, devices and pipes
/// are no content; their kind is asked before they are opened, for opening a pipe would wait for a
/// writer.
///
/// @param folder the folder; it need not exist
/// @param label what [Content#origin] says of its files
public record Root(Path folder, String label) {
  /// More files than a published tree has.
  static final int MAX_LISTED = 20_000;

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  /// The real path of a file in this folder; empty when there is none or it leads out.
  ///
  /// @param path a plain relative path
  /// @throws AccessDeniedException when it cannot be looked at
  Optional<Path> locate(String path) throws IOException {
    try {
      Path root = folder.toRealPath();
      Path real = root.resolve(path).toRealPath();
      return real.startsWith(root) && !real.equals(root) ? Optional.of(real) : Optional.empty();
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException _) {
      // No such file, a file where a folder should be, a loop of links, a name too long.
      return Optional.empty();
    }
  }

  /// Opens what [#locate] found.
  ///
  /// @throws FileSystemException when it is no regular file of this folder any more
  FileChannel open(Path real) throws IOException {
    Path root = folder.toRealPath();
    if (!real.startsWith(root)) {
      throw new NoSuchFileException(label);
    }
    try (DirectoryStream<Path> in = Files.newDirectoryStream(root)) {
      if (!(in instanceof SecureDirectoryStream<Path> top)) {
        throw new IOException("this file system cannot open files below an open folder");
      }
      return descend(top, root.relativize(real));
    }
  }

  private static FileChannel descend(SecureDirectoryStream<Path> in, Path rest) throws IOException {
    Path first = rest.getName(0);
    if (rest.getNameCount() > 1) {
      try (var next = in.newDirectoryStream(first, LinkOption.NOFOLLOW_LINKS)) {
        return descend(next, rest.subpath(1, rest.getNameCount()));
      }
    }
    boolean regular =
        in.getFileAttributeView(first, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes()
            .isRegularFile();
    if (!regular) {
      throw new NoSuchFileException(first.toString());
    }
    return (FileChannel) in.newByteChannel(first, READ);
  }

  /// The plain paths of all files in this folder, links included, sorted.
  ///
  /// @throws IOException when the folder cannot be read
  SequencedSet<String> list() throws IOException {
    var out = new TreeSet<String>();
    if (Files.isDirectory(folder)) {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          BootTree.MAX_PARTS,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = folder.relativize(file).toString();
              if (attributes.isRegularFile() && BootTree.isPlain(path)) {
                out.add(path);
              }
              return out.size() < MAX_LISTED ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              // A loop of links, or gone meanwhile.
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return out;
  }
}
