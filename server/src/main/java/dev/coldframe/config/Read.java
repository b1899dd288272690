package dev.coldframe.config;

import java.util.Optional;
import java.util.function.Function;

/// Turns a value of the file into a `T`; or reports what is wrong with it and gives back nothing.
@FunctionalInterface
interface Read<T> {
  /// Reads one value.
  Optional<T> from(Value value, Problems problems);

  /// As this, for values that also keep a rule.
  ///
  /// @param rule gives the message when a value breaks it, empty when it keeps it
  default Read<T> keeping(Function<T, Optional<String>> rule) {
    return (value, problems) -> {
      Optional<T> read = from(value, problems);
      Optional<String> broken = read.flatMap(rule);
      broken.ifPresent(message -> problems.error(value.place(), message));
      return broken.isPresent() ? Optional.empty() : read;
    };
  }

  /// As this, with a warning for values that are probably not meant so.
  ///
  /// @param rule gives the message, empty when there is nothing to say
  default Read<T> doubting(Function<T, Optional<String>> rule) {
    return (value, problems) -> {
      Optional<T> read = from(value, problems);
      read.flatMap(rule).ifPresent(message -> problems.warning(value.place(), message));
      return read;
    };
  }

  /// As this, with another type made of the result.
  default <R> Read<R> as(Function<T, R> convert) {
    return (value, problems) -> from(value, problems).map(convert);
  }

  /// As this, together with the place.
  default Read<Placed<T>> placed() {
    return (value, problems) -> from(value, problems).map(t -> new Placed<>(value.place(), t));
  }
}
