package dev.coldframe.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Lets two folders change places in one step, `renameat2(2)` with `RENAME_EXCHANGE`: whoever
/// looks, and whatever fails, there is always one of them under the name. Where a file system does
/// not know that, by three renames; where those stop after the first, the next who uses the folder
/// moves it back.
final class Swap {
  private static final int WORKING_FOLDER = -100;
  private static final int RENAME_EXCHANGE = 2;

  private static final MethodHandle CALL = handle();

  private Swap() {}

  @SuppressWarnings("restricted") // Native access is granted in the manifest; one C library call.
  private static MethodHandle handle() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("renameat2"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT));
  }

  /// @throws IOException when they cannot be moved; both are where they were
  static void exchange(Path one, Path other) throws IOException {
    if (!atOnce(one.toAbsolutePath(), other.toAbsolutePath())) {
      byRenames(one, other);
    }
  }

  private static Path aside(Path other) {
    return other.resolveSibling(other.getFileName() + ".swap");
  }

  /// Moves a folder back that an exchange has left without its name.
  static void mend(Path folder) throws IOException {
    Path whole = folder.toAbsolutePath();
    if (!Files.exists(whole) && Files.exists(aside(whole))) {
      Files.move(aside(whole), whole, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  static boolean atOnce(Path one, Path other) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(one.toString());
      MemorySegment to = arena.allocateFrom(other.toString());
      return (int) CALL.invokeExact(WORKING_FOLDER, from, WORKING_FOLDER, to, RENAME_EXCHANGE) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("renameat2() cannot be called", e);
    }
  }

  static void byRenames(Path one, Path other) throws IOException {
    Path aside = aside(other);
    Files.move(other, aside, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(one, other, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(aside, other, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    Files.move(aside, one, StandardCopyOption.ATOMIC_MOVE);
  }
}
