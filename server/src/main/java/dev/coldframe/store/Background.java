package dev.coldframe.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/// Work that nobody on the wire waits for: its thread gets the processor when those that answer do
/// not want it (setpriority(2) and sched(7), which on Linux are of one thread). On one processor a
/// batch of the journal would else hold up answers for a whole time slice.
public final class Background {
  private static final int NICE = 10;

  /// A quarter of a processor that is wanted by others, where the compiler gets a share at all.
  private static final int COMPILER_NICE = 5;

  /// `SCHED_OTHER` and `SCHED_IDLE` of sched(7).
  private static final int USUAL = 0;

  private static final int IDLE = 5;

  /// What the virtual machine calls the threads of its optimising compiler, as far as the kernel
  /// keeps it.
  private static final String COMPILER = "C2 Compiler";

  private static final Path THREADS = Path.of("/proc/self/task");

  /// `PRIO_PROCESS`.
  private static final int THREAD = 0;

  private static final int CALLING = 0;

  /// A `sched_param` of priority 0, the only one that both of them know.
  private static final MemorySegment PARAM = Arena.global().allocate(ValueLayout.JAVA_INT);

  private static final MethodHandle SCHEDULER =
      handle(
          "sched_setscheduler",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));

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

  @SuppressWarnings(
      "restricted") // Native access is granted in the manifest; three C library calls.
  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  /// Lets the calling thread stand back from now on. A right is not needed for that; where the
  /// system forbids it all the same, everything goes on as it was.
  public static void standBack() {
    setNice(CALLING, NICE);
  }

  /// Lets the virtual machine's optimising compiler have what nobody else wants of the processor:
  /// it does not even end a time slice when an answer is due.
  public static void compilerWaits() {
    compiler(thread -> schedule(thread, IDLE));
  }

  /// Lets the optimising compiler have a share of a processor that others want. A right is needed
  /// for that after it waited (`RLIMIT_NICE`); without it, it goes on waiting.
  public static void compilerGetsShare() {
    compiler(thread -> {
      setNice(thread, COMPILER_NICE);
      schedule(thread, USUAL);
    });
  }

  private static void compiler(IntConsumer each) {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).startsWith(COMPILER)) {
          each.accept(Integer.parseInt(thread.getFileName().toString()));
        }
      }
    } catch (IOException _) {
      // A thread that has ended, or no Linux: it stays as it was.
    }
  }

  private static void schedule(int thread, int policy) {
    try {
      int _ = (int) SCHEDULER.invokeExact(thread, policy, PARAM);
    } catch (Throwable e) {
      throw new IllegalStateException("sched_setscheduler() cannot be called", e);
    }
  }

  /// From where the calling thread stands: who started this may have had it stand back already. The
  /// kernel knows no more than 19.
  private static void setNice(int thread, int by) {
    try {
      int now = (int) GET.invokeExact(THREAD, CALLING);
      int _ = (int) SET.invokeExact(THREAD, thread, now + by);
    } catch (Throwable e) {
      throw new IllegalStateException("setpriority() cannot be called", e);
    }
  }
}
