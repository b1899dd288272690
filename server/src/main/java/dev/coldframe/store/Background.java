package dev.coldframe.store;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Work that nobody on the wire waits for: its thread gets the processor when those that answer do
/// not want it (nice(2), which on Linux is of one thread). On one processor a batch of the journal
/// would else hold up answers for a whole time slice.
final class Background {
  private static final int NICE = 10;

  private static final MethodHandle CALL = handle();

  private Background() {}

  @SuppressWarnings("restricted") // Native access is granted in the manifest; one C library call.
  private static MethodHandle handle() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("nice"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /// Lets the calling thread stand back from now on. A right is not needed for that; where the
  /// system forbids it all the same, everything goes on as it was.
  static void standBack() {
    try {
      int _ = (int) CALL.invokeExact(NICE);
    } catch (Throwable e) {
      throw new IllegalStateException("nice() cannot be called", e);
    }
  }
}
