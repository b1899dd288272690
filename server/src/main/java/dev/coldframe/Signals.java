package dev.coldframe;

import java.lang.reflect.Proxy;

/// Unix signals. The JDK offers them only in `sun.misc`, which may not be named in source.
final class Signals {
  private Signals() {}

  /// Runs something each time the process gets a signal.
  ///
  /// @param name without `SIG`, such as `HUP`
  /// @return whether it will: a signal that whoever started the process had ignored stays ignored,
  ///   as `nohup` does with `HUP`
  /// @throws EnvironmentException when this JDK has no signals
  static boolean on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "equals" -> false;
                    case "hashCode" -> 0;
                    case "toString" -> "on " + name;
                    default -> {
                      action.run();
                      yield null;
                    }
                  });
      Object before =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      return !handler.getField("SIG_IGN").get(null).equals(before);
    } catch (ReflectiveOperationException e) {
      throw new EnvironmentException("this Java has no Unix signals; use a JDK 25", e);
    }
  }
}
