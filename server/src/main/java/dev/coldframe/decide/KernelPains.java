package dev.coldframe.decide;

import static dev.coldframe.decide.BootAttempt.bare;
import static dev.coldframe.decide.BootAttempt.field;
import static dev.coldframe.decide.BootAttempt.isStage;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Weighed;
import dev.coldframe.decide.BootDiagnosis.Weight;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A board that has its kernel and is not heard of as it should be (rows 11, 16 and 18 to 21).
final class KernelPains {
  private static final Pattern INITRAMFS = Pattern.compile("initr(amfs|d).*");
  private static final Pattern KERNEL = Pattern.compile("kernel.*\\.img");
  private static final Pattern NO_SLASH = Pattern.compile("^/+");
  private static final int MAX_NAMED = 4;

  /// What is known to fail of a kernel that came whole.
  private static final Map<Lint, Pain> PAINS =
      Map.of(
          Lint.CMDLINE_LINES, Pain.DISK_CMDLINE,
          Lint.CMDLINE_DISK_ROOT, Pain.DISK_CMDLINE,
          Lint.CMDLINE_FIRST_BOOT, Pain.DISK_CMDLINE,
          Lint.CMDLINE_NFS, Pain.NFS_OPTIONS,
          Lint.BUILDS_DIFFER, Pain.DIFFERENT_BUILDS);

  private final BootAttempt attempt;
  private final List<Weighed> out = new ArrayList<>();

  private KernelPains(BootAttempt attempt) {
    this.attempt = attempt;
  }

  static List<Weighed> of(BootAttempt attempt) {
    if (attempt.stage() != Stage.KERNEL) {
      return List.of();
    }
    var it = new KernelPains(attempt);
    it.refusedHello();
    it.lints();
    it.ownFolder();
    it.builds();
    it.emptyTree();
    it.noHello();
    return it.out;
  }

  /// Of a system that was heard and that sends no reports.
  static List<Weighed> ofSystem(BootAttempt attempt) {
    var it = new KernelPains(attempt);
    it.nfs();
    return it.out;
  }

  private void add(Pain pain, Weight weight, String words) {
    out.add(new Weighed(pain, weight, words));
  }

  private void refusedHello() {
    attempt
        .last(EventType.TOKEN_REFUSED)
        .ifPresent(e ->
            add(
                Pain.REFUSED,
                Weight.SEEN,
                "Its installer said hello and was refused: " + field(e, "reason") + "."));
  }

  private void lints() {
    for (LintFinding lint : attempt.evidence().tree().lints()) {
      Pain pain = PAINS.get(lint.row());
      if (pain != null) {
        add(pain, Weight.LIKELY, "It has its kernel; " + lint.found() + ".");
      }
    }
  }

  /// A system that asks once more after what mounted its root may be about to lose it, and may as
  /// well be healthy: a kernel with `ip=dhcp` asks once, many a network manager again.
  private void nfs() {
    boolean nfs = attempt.boot().filter(b -> b == Profile.Boot.NFS).isPresent();
    List<JournalEvent> asked =
        attempt.all(EventType.DHCP_ACKNOWLEDGED).stream()
            .filter(e -> isStage(e, Sighting.Stage.INITRAMFS) || isStage(e, Sighting.Stage.SYSTEM))
            .toList();
    if (nfs && asked.size() > 1 && isStage(asked.getLast(), Sighting.Stage.SYSTEM)) {
      add(
          Pain.NFS_FREEZES,
          Weight.POSSIBLE,
          "Its root is on a server, and its system asked for an address once more. If it hangs now,"
              + " its network manager took eth0 away from the root.");
    }
  }

  /// What lies in a folder of its own goes before everything else. Which folder that is, its loader
  /// said: each path begins with the board's serial or MAC.
  private void ownFolder() {
    Set<String> paths = attempt.evidence().tree().paths();
    List<String> shadows =
        attempt.all(EventType.FILE_SERVED).stream()
            .filter(e -> field(e, "origin").equals("tftp-root"))
            .map(e -> NO_SLASH.matcher(field(e, "path")).replaceFirst(""))
            .filter(path -> isInBoardFolder(path) && paths.contains(path))
            .map(path -> path.substring(path.indexOf('/') + 1))
            .distinct()
            .sorted()
            .toList();
    if (!shadows.isEmpty()) {
      add(
          Pain.OWN_FOLDER,
          Weight.LIKELY,
          "Its files come out of a folder of its own in tftp-root/: "
              + String.join(", ", shadows.subList(0, Math.min(MAX_NAMED, shadows.size())))
              + ". What it starts may not be what its profile says.");
    }
  }

  private static boolean isInBoardFolder(String path) {
    int slash = path.indexOf('/');
    String folder = slash < 0 ? "" : path.substring(0, slash);
    return Serial.tryParse(folder).isPresent() || MacAddress.tryParse(folder).isPresent();
  }

  private void builds() {
    Optional<String> kernel = origin(KERNEL);
    Optional<String> initramfs = origin(INITRAMFS);
    if (kernel.isPresent() && initramfs.isPresent() && !kernel.equals(initramfs)) {
      add(
          Pain.DIFFERENT_BUILDS,
          Weight.LIKELY,
          "Its kernel came from "
              + kernel.get()
              + ", its initramfs from "
              + initramfs.get()
              + ": they may be of different builds.");
    }
    Optional<String> start = origin(Pattern.compile("start4?\\.elf"));
    Optional<String> fixup = origin(Pattern.compile("fixup4?\\.dat"));
    if (start.isPresent() && fixup.isPresent() && !start.equals(fixup)) {
      add(
          Pain.FIRMWARE_SET,
          Weight.LIKELY,
          "start*.elf came from " + start.get() + ", fixup*.dat from " + fixup.get() + ".");
    }
  }

  /// The installer is put behind an image's own initramfs; that is one origin.
  private Optional<String> origin(Pattern name) {
    return attempt.all(EventType.FILE_SERVED).reversed().stream()
        .filter(e -> name.matcher(bare(e)).matches())
        .map(e -> field(e, "origin").replace(" + installer", ""))
        .findFirst();
  }

  private void emptyTree() {
    for (String name : attempt.evidence().tree().empty()) {
      if (attempt.has(e -> isEmpty(e) && bare(e).equals(name))) {
        add(Pain.EMPTY_FILE, Weight.LIKELY, "It was sent " + name + ", which is empty.");
      }
    }
  }

  private static boolean isEmpty(JournalEvent event) {
    return event.type() == EventType.FILE_SERVED && field(event, "bytes").equals("0");
  }

  /// Its installer is to say hello and does not.
  private void noHello() {
    if (!attempt.reports()) {
      return;
    }
    if (attempt.has(e -> isStage(e, Sighting.Stage.INITRAMFS))) {
      add(
          Pain.DIFFERENT_BUILDS,
          Weight.POSSIBLE,
          "Its initramfs has an address and says no hello: it may lack the installer.");
      add(Pain.DATA_BLOCKED, Weight.POSSIBLE, "Its hello to TCP port 80 may not arrive.");
    } else {
      add(
          Pain.DIFFERENT_BUILDS,
          Weight.POSSIBLE,
          "Its kernel asks for no address: it may lack the module of its network card.");
      add(
          Pain.FIRMWARE_SET,
          Weight.POSSIBLE,
          "Its kernel may not have started: firmware and device tree of another release.");
    }
  }
}
