package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// What happens to one board, written down as it happens. The board's thread writes; anybody may
/// ask for the result, also of a board that was stopped.
final class Diary {
  private final BoardSpec spec;
  private final Listener listener;
  private final SequencedMap<String, BootResult.LoadedFile> files = new LinkedHashMap<>();
  private final SequencedMap<String, BootResult.Probe> probes = new LinkedHashMap<>();
  private final SequencedMap<String, BootResult.RefusedFile> refused = new LinkedHashMap<>();
  private final SequencedMap<String, String> seed = new LinkedHashMap<>();
  private final SequencedSet<String> remarks = new LinkedHashSet<>();
  private final List<BootResult.Stage> stages = new ArrayList<>();
  private final Map<Integer, Bytes> options = new HashMap<>();
  private Optional<Ip4> address = Optional.empty();
  private Optional<String> stage = Optional.empty();
  private long stageNanos;
  private boolean served;
  private long startNanos = System.nanoTime();
  private Optional<Duration> took = Optional.empty();

  Diary(BoardSpec spec, Listener listener) {
    this.spec = spec;
    this.listener = listener;
  }

  /// The board is switched on.
  synchronized void begin() {
    startNanos = System.nanoTime();
  }

  /// Begins a stage and ends the one before.
  void stage(String name) {
    synchronized (this) {
      endStage();
      stage = Optional.of(name);
      stageNanos = System.nanoTime();
    }
    listener.stage(spec.name(), name);
  }

  private void endStage() {
    stage.ifPresent(name -> stages.add(new BootResult.Stage(name, millisSince(stageNanos))));
    stage = Optional.empty();
  }

  /// The address that the board has now.
  ///
  /// @throws BootFailure when it had another one before
  synchronized void address(Ip4 given, String client) throws BootFailure {
    if (address.isPresent() && !address.get().equals(given)) {
      throw new BootFailure(
          client
              + " was given "
              + given
              + ", the stage before it "
              + address.get()
              + ": every stage of a boot needs the same address");
    }
    address = Optional.of(given);
  }

  /// What a reply said; a later one's value goes before an earlier one's.
  synchronized void options(Map<Integer, Bytes> said) {
    options.putAll(said);
  }

  synchronized void remark(String text) {
    remarks.add(text);
  }

  void progress(String path, long done, long total) {
    listener.file(spec.name(), path, done, total);
  }

  /// A file loaded a second time must be the same file.
  synchronized void loaded(BootResult.LoadedFile file) {
    served = true;
    BootResult.LoadedFile before = files.putIfAbsent(file.path(), file);
    if (before != null && !before.sha256().equals(file.sha256())) {
      remark(file.path() + " changed between two requests of one boot");
    }
  }

  synchronized void probed(BootResult.Probe probe) {
    served = true;
    probes.putIfAbsent(probe.path(), probe);
  }

  void refused(String path, String error) {
    synchronized (this) {
      refused.putIfAbsent(path, new BootResult.RefusedFile(path, error));
    }
    listener.refused(spec.name(), path, error);
  }

  void repeated() {
    listener.repeated(spec.name());
  }

  /// What was served since it was switched on, or started again.
  synchronized boolean anythingServed() {
    return served;
  }

  /// It starts again after an update of its EEPROM.
  synchronized void restarts() {
    served = false;
  }

  synchronized void seed(String name, String text) {
    seed.put(name, text);
  }

  /// The whole boot. The clock stops with the first call.
  synchronized BootResult result(BootResult.Ending ending, String reason) {
    endStage();
    took = took.or(() -> Optional.of(Duration.ofNanos(System.nanoTime() - startNanos)));
    return new BootResult(
        spec.name(),
        spec.model().label(),
        address,
        ending,
        reason,
        List.copyOf(remarks),
        OptionText.decode(options),
        List.copyOf(files.values()),
        List.copyOf(probes.values()),
        List.copyOf(refused.values()),
        seed,
        stages,
        took.orElseThrow());
  }

  static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
