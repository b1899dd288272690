package dev.coldframe.store;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Work that nobody on the wire waits for: its thread gets the processor when those that answer do
/// not want it (setpriority(2), which on Linux is of one thread). On one processor a batch of the
/// journal would else hold up answers for a whole time slice.
public final class Background {
  private static final int NICE = 10;

  /// A quarter of a processor that is wanted by others. With less, a busy appliance is quick too
  /// late; with more, its first seconds are slow.
  private static final int COMPILER_NICE = 5;

  /// More than there is.
  private static final int LOWEST = 40;

  /// What the virtual machine calls the threads of its optimising compiler, as far as the kernel
  /// keeps it.
  private static final String COMPILER = "C2 Compiler";

  private static final Path THREADS = Path.of("/proc/self/task");

  /// `PRIO_PROCESS`.
  private static final int THREAD = 0;

  private static final int CALLING = 0;

  private static final MethodHandle GET =
      handle(
          "getpriority",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private static final MethodHandle SET =
      handle(
          "setpriority",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));

  private Background() {}

  @SuppressWarnings("restricted") // Native access is granted in the manifest; two C library calls.
  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  /// Lets the calling thread stand back from now on. A right is not needed for that; where the
  /// system forbids it all the same, everything goes on as it was.
  public static void standBack() {
    standBack(CALLING, NICE);
  }

  /// Lets the virtual machine's optimising compiler wait until nobody else wants the processor:
  /// while an appliance starts, what it would make of reading the config file comes too late.
  public static void compilerWaits() {
    compilerStandsBack(LOWEST);
  }

  /// Lets the virtual machine's optimising compiler stand back: when a rack powers on and the
  /// appliance is cold, there are two or three seconds of work for it. After it waited, this is a
  /// step forward, for which a right is needed (`RLIMIT_NICE`); without it, it goes on waiting.
  public static void compilerStandsBack() {
    compilerStandsBack(COMPILER_NICE);
  }

  private static void compilerStandsBack(int by) {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).startsWith(COMPILER)) {
          standBack(Integer.parseInt(thread.getFileName().toString()), by);
        }
      }
    } catch (IOException _) {
      // A thread that has ended, or no Linux: it stays as it was.
    }
  }

  /// From where the calling thread stands: who started this may have had it stand back already. The
  /// kernel knows no more than 19.
  private static void standBack(int thread, int by) {
    try {
      int now = (int) GET.invokeExact(THREAD, CALLING);
      int _ = (int) SET.invokeExact(THREAD, thread, now + by);
    } catch (Throwable e) {
      throw new IllegalStateException("setpriority() cannot be called", e);
    }
  }
}
