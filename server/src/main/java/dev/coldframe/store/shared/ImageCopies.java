package dev.coldframe.store.shared;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which images others have, and which of them is fetched next. What could not be fetched from an
/// appliance rests for longer each time, unless that one tells of it anew, and the next appliance
/// with the same content is tried. Any thread.
final class ImageCopies {
  /// For how long what cannot be reached rests at first: a restart takes no longer.
  static final Duration AWAY = Duration.ofSeconds(30);

  /// For how long what is not what it should be rests at first: it has cost a whole transfer.
  static final Duration WRONG = Duration.ofMinutes(30);

  /// So many failures in a row, and an older content of that name is taken where there is one.
  static final int GIVEN_UP = 5;

  /// A pause doubles so often at most.
  private static final int DOUBLINGS = 5;

  private final Map<String, ImageCopy> copies = new HashMap<>();
  private final Map<String, Failure> failures = new HashMap<>();

  private record Failure(long version, int count, Instant until) {}

  /// What is here already.
  ///
  /// @param names what the images are called
  /// @param contents the hashes of what is in them
  record Have(Set<String> names, Set<String> contents) {}

  /// Takes over what was read.
  ///
  /// @param whole whether there is nothing else
  /// @param read by [ImageCopy#key], empty where there is none any more
  synchronized void read(boolean whole, List<Map.Entry<String, Optional<ImageCopy>>> read) {
    if (whole) {
      copies.clear();
    }
    for (Map.Entry<String, Optional<ImageCopy>> one : read) {
      one.getValue()
          .ifPresentOrElse(
              copy -> copies.put(one.getKey(), copy), () -> copies.remove(one.getKey()));
    }
  }

  /// What could be fetched, now or later.
  ///
  /// @param wanted the names that are needed here
  synchronized List<ImageCopy> missing(Set<String> wanted, Have have) {
    return copies.values().stream()
        .filter(copy -> wanted.contains(copy.image().name()))
        .filter(copy -> !have.names().contains(copy.image().name()))
        .filter(copy -> !have.contents().contains(copy.image().sha256()))
        .toList();
  }

  /// What is wanted and cannot come, because its content is here under another name.
  synchronized List<ImageCopy> misnamed(Set<String> wanted, Have have) {
    return copies.values().stream()
        .filter(copy -> wanted.contains(copy.image().name()))
        .filter(copy -> !have.names().contains(copy.image().name()))
        .filter(copy -> have.contents().contains(copy.image().sha256()))
        .toList();
  }

  /// What to fetch now: of each name the newest content, from where it failed least.
  ///
  /// @param missing as above
  synchronized Optional<ImageCopy> next(List<ImageCopy> missing, Instant now) {
    return missing.stream()
        .collect(Collectors.groupingBy(copy -> copy.image().name()))
        .values()
        .stream()
        .flatMap(named -> newest(named).stream())
        .filter(copy -> !now.isBefore(failure(copy).until()))
        .min(
            Comparator.<ImageCopy>comparingInt(copy -> failure(copy).count())
                .thenComparing(ImageCopy::version, Comparator.reverseOrder()));
  }

  private List<ImageCopy> newest(List<ImageCopy> named) {
    List<ImageCopy> sound =
        named.stream().filter(copy -> failure(copy).count() < GIVEN_UP).toList();
    List<ImageCopy> tried = sound.isEmpty() ? named : sound;
    String content =
        tried.stream()
            .max(Comparator.comparingLong(ImageCopy::version))
            .map(copy -> copy.image().sha256())
            .orElse("");
    return named.stream().filter(copy -> copy.image().sha256().equals(content)).toList();
  }

  /// One could not be fetched.
  ///
  /// @param pause the first one
  synchronized void failed(ImageCopy copy, Duration pause, Instant now) {
    int count = failure(copy).count();
    Duration rest = pause.multipliedBy(1L << Math.min(count, DOUBLINGS));
    failures.put(copy.key(), new Failure(copy.version(), count + 1, now.plus(rest)));
  }

  private Failure failure(ImageCopy copy) {
    Failure last = failures.get(copy.key());
    return last == null || last.version() != copy.version()
        ? new Failure(copy.version(), 0, Instant.MIN)
        : last;
  }
}
