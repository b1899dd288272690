package dev.coldframe.decide;

import static dev.coldframe.decide.BootAttempt.bare;
import static dev.coldframe.decide.BootAttempt.field;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Weighed;
import dev.coldframe.decide.BootDiagnosis.Weight;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A board that has its address and does not get its boot files (rows 8 to 17, 24 and 25).
final class FilePains {
  /// Named in a sentence.
  private static final int MAX_NAMED = 4;

  private static final Pattern KERNEL = Pattern.compile("kernel.*\\.img");
  private static final Pattern DEVICE_TREE = Pattern.compile("bcm27\\d\\d.*\\.dtb");
  private static final Pattern LOADED = Pattern.compile(".*\\.(bin|elf|dat|img|dtb)");

  /// The first names that a loader asks for, behind a prefix that was put before them.
  private static final Pattern GLUED =
      Pattern.compile("[^/]+(start4?\\.elf|config\\.txt|bootcode\\.bin)");

  private final BootAttempt attempt;
  private final BootEvidence.Tree tree;
  private final List<Weighed> out = new ArrayList<>();

  private FilePains(BootAttempt attempt) {
    this.attempt = attempt;
    this.tree = attempt.evidence().tree();
  }

  static List<Weighed> of(BootAttempt attempt) {
    if (attempt.stage() != Stage.FILES) {
      return List.of();
    }
    var it = new FilePains(attempt);
    it.http();
    it.gluedNames();
    it.loaderWords();
    it.emptyFiles();
    it.broken();
    it.published();
    it.incomplete();
    it.updates();
    it.silent();
    return it.out;
  }

  private void add(Pain pain, Weight weight, String words) {
    out.add(new Weighed(pain, weight, words));
  }

  private static boolean isThere(JournalEvent event) {
    return event.type() == EventType.FILE_SERVED || event.type() == EventType.FILE_PROBED;
  }

  private boolean isAnythingServed() {
    return attempt.has(FilePains::isThere);
  }

  /// Texts are rendered for every node; firmware, kernels and device trees are not.
  private boolean isAnythingLoaded() {
    return attempt.has(e -> isThere(e) && LOADED.matcher(bare(e)).matches());
  }

  // HTTP ─────────────────────────────────────────────────────────────────────────────────────────

  private void http() {
    List<JournalEvent> ramdisk =
        attempt.events().stream()
            .filter(e -> field(e, "via").equals("http"))
            .filter(e -> bare(e).equals("boot.img") || bare(e).equals("boot.sig"))
            .toList();
    if (ramdisk.isEmpty()) {
      return;
    }
    Optional<JournalEvent> refused =
        ramdisk.stream().filter(e -> e.type() == EventType.FILE_REFUSED).findFirst();
    if (refused.isPresent()) {
      add(
          Pain.HTTP_BOOT,
          Weight.SEEN,
          "It asked for "
              + field(refused.get(), "path")
              + " over HTTP and was refused: "
              + field(refused.get(), "reason")
              + ". A loader gives up at the first such answer.");
    } else {
      add(
          Pain.HTTP_BOOT,
          Weight.LIKELY,
          "It got boot.img over HTTP and went no further: the signature may be another key's.");
    }
  }

  // names ────────────────────────────────────────────────────────────────────────────────────────

  private void gluedNames() {
    refused()
        .filter(e -> GLUED.matcher(bare(e)).matches() && !bare(e).startsWith("recover"))
        .findFirst()
        .ifPresent(e ->
            add(
                Pain.EEPROM_SETTINGS,
                Weight.LIKELY,
                "It asks for "
                    + field(e, "path")
                    + ": its TFTP_PREFIX_STR lacks the slash at its end."));
  }

  private Stream<JournalEvent> refused() {
    return attempt.events().stream().filter(e -> e.type() == EventType.FILE_REFUSED);
  }

  private boolean isNeeded(String name) {
    Set<String> firmware =
        switch (attempt.family()) {
          case 3 -> Set.of("bootcode.bin", "start.elf", "fixup.dat", "config.txt");
          case 4 -> Set.of("start4.elf", "fixup4.dat", "config.txt");
          case 5 -> Set.of("config.txt");
          default -> Set.of("bootcode.bin", "start.elf", "start4.elf", "config.txt");
        };
    return firmware.contains(name)
        || tree.missing().contains(name)
        || DEVICE_TREE.matcher(name).matches()
        || KERNEL.matcher(name).matches();
  }

  /// What it needs, asked for and never got.
  private List<String> notFound() {
    Set<String> got =
        attempt.events().stream()
            .filter(FilePains::isThere)
            .map(BootAttempt::bare)
            .collect(Collectors.toSet());
    boolean kernel = got.stream().anyMatch(KERNEL.asMatchPredicate());
    var names = new LinkedHashSet<String>();
    refused()
        .map(BootAttempt::bare)
        .filter(this::isNeeded)
        .filter(name -> !got.contains(name) && !(kernel && KERNEL.matcher(name).matches()))
        .forEach(names::add);
    return List.copyOf(names);
  }

  /// Nothing at all is there for it (row 10), and why.
  private void published() {
    List<String> names = notFound();
    if (isAnythingLoaded() || names.isEmpty()) {
      return;
    }
    JournalEvent first = refused().findFirst().orElseThrow();
    String reason = field(first, "reason");
    long asked = refused().filter(e -> isNeeded(bare(e))).count();
    Weight weight = asked > 1 ? Weight.SEEN : Weight.LIKELY;
    if (reason.contains("image")) {
      add(Pain.IMAGE_MISSING, weight, "It is served nothing: " + reason + ".");
      return;
    }
    add(Pain.NOTHING_PUBLISHED, weight, words(names, asked, first, reason));
    otherwiseWritten(names);
    add(
        Pain.EMPTY_FILE,
        Weight.POSSIBLE,
        "What it asks for may be there under another name, or in a folder that the server may not"
            + " read.");
    if (attempt.family() == 5) {
      add(Pain.NO_2712, Weight.LIKELY, "Nothing of what a Pi 5 starts is there.");
    }
    if (attempt.node().filter(n -> !n.profile().bootfiles().isEmpty()).isPresent()) {
      add(
          Pain.BOOT_FILE_OPTION,
          Weight.LIKELY,
          "Its profile names boot files for PCs, which a Pi never asks for.");
    }
  }

  private String words(List<String> names, long asked, JournalEvent first, String reason) {
    String path = field(first, "path");
    int slash = path.indexOf('/');
    String prefix = slash < 0 ? "" : path.substring(0, slash);
    String owner =
        owner(prefix)
            .map(name -> " The folder " + prefix + "/ it asks for is " + name + "'s.")
            .orElse("");
    return "It asked "
        + asked
        + " times for "
        + shown(names)
        + " and found none: "
        + reason
        + "."
        + owner;
  }

  /// Another node, whose serial or address stands before the names.
  private Optional<String> owner(String prefix) {
    World world = attempt.evidence().world();
    String self = attempt.evidence().subject();
    List<Node> others =
        Serial.tryParse(prefix)
            .map(world::nodesWith)
            .orElseGet(
                () -> MacAddress.tryParse(prefix).flatMap(world::nodeWith).stream().toList());
    return others.stream().map(Node::name).filter(name -> !name.equals(self)).findFirst();
  }

  private static String shown(List<String> names) {
    return names.size() <= MAX_NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MAX_NAMED)) + " and others";
  }

  /// TFTP knows no case, the folder does.
  private void otherwiseWritten(List<String> names) {
    for (String name : names) {
      tree.paths().stream()
          .filter(path -> !path.equals(name) && path.equalsIgnoreCase(name))
          .findFirst()
          .ifPresent(path ->
              add(
                  Pain.EMPTY_FILE,
                  Weight.LIKELY,
                  "It asks for " + name + ", and the file is called " + path + "."));
    }
  }

  // what is there and no good ────────────────────────────────────────────────────────────────────

  private void loaderWords() {
    for (JournalEvent said : attempt.all(EventType.LOADER_SAID)) {
      String text = field(said, "text");
      String words = "Its loader said on its console: " + text + ".";
      if (text.contains("uplicate block")) {
        add(Pain.DUPLICATES, Weight.SEEN, words);
      } else if (text.contains("too large")) {
        add(Pain.BLOCKS_WRAP, Weight.SEEN, words);
      } else if (text.contains("not found")) {
        add(Pain.NOTHING_PUBLISHED, Weight.SEEN, words);
      } else if (text.contains("UDP RECV: 0")) {
        add(Pain.DATA_BLOCKED, Weight.SEEN, words);
      }
    }
  }

  private void emptyFiles() {
    attempt.all(EventType.FILE_SERVED).stream()
        .filter(e -> field(e, "bytes").equals("0") && LOADED.matcher(bare(e)).matches())
        .map(BootAttempt::bare)
        .distinct()
        .forEach(
            name -> add(Pain.EMPTY_FILE, Weight.SEEN, "It was sent " + name + ", which is empty."));
    attempt.events().stream()
        .filter(e -> field(e, "reason").equals("file unreadable"))
        .map(BootAttempt::bare)
        .distinct()
        .forEach(name ->
            add(
                Pain.EMPTY_FILE,
                Weight.SEEN,
                "It asked for " + name + ", which is there and cannot be read."));
  }

  /// Only what no whole file followed: a loader begins anew.
  private void broken() {
    Optional<JournalEvent> last = attempt.lastWithout(EventType.FILE_BROKEN, EventType.FILE_SERVED);
    if (last.isEmpty()) {
      return;
    }
    String name = bare(last.get());
    String bytes = field(last.get(), "bytes");
    switch (field(last.get(), "reason")) {
      case "the client never answered" ->
          add(
              Pain.DATA_BLOCKED,
              Weight.SEEN,
              "It asked for " + name + ", and not one of our answers was acknowledged.");
      case "no block gets through" ->
          add(
              Pain.DATA_BLOCKED,
              Weight.SEEN,
              "It asked for "
                  + name
                  + " and took the size; not one block of it got through: a firewall, or a link whose"
                  + " packets are shorter than its MTU says.");
      case "the loader cannot count blocks over 65535" ->
          add(
              Pain.BLOCKS_WRAP,
              Weight.SEEN,
              name
                  + " stopped after 65535 blocks, "
                  + bytes
                  + " bytes: its loader counts no further.");
      case "the client fell silent", "the client ended the transfer" -> midway(name, bytes);
      default -> {}
    }
  }

  private void midway(String name, String bytes) {
    add(
        Pain.DUPLICATES,
        Weight.LIKELY,
        name
            + " broke off after "
            + bytes
            + " bytes, and the board fell silent: it hangs, or was switched off.");
    add(
        Pain.DATA_BLOCKED,
        Weight.POSSIBLE,
        "Packets may be lost between it and this server from then on.");
  }

  /// Something is there, and something that it needs is not (rows 16 and 17).
  private void incomplete() {
    List<String> names = notFound();
    if (!isAnythingLoaded() || names.isEmpty()) {
      return;
    }
    Weight weight = names.stream().anyMatch(tree.missing()::contains) ? Weight.SEEN : Weight.LIKELY;
    if (attempt.family() == 5) {
      add(
          Pain.NO_2712,
          weight,
          "It found no "
              + shown(names)
              + ": a Pi 5 says then that the operating system does not indicate support for it.");
    } else {
      add(
          Pain.FIRMWARE_SET,
          weight,
          "It found no " + shown(names) + " and shows the rainbow, or its LED blinks.");
    }
    otherwiseWritten(names);
  }

  /// A self-update that is fetched again and again within one boot is not taken.
  private void updates() {
    long fetched =
        attempt.all(EventType.FILE_SERVED).stream()
            .filter(e -> bare(e).equals("pieeprom.upd"))
            .count();
    if (fetched > 1) {
      add(
          Pain.EEPROM_SETTINGS,
          Weight.SEEN,
          "It fetched pieeprom.upd " + fetched + " times in this boot: the update does not take.");
    } else if (fetched == 1) {
      add(
          Pain.EEPROM_SETTINGS,
          Weight.POSSIBLE,
          "It fetched pieeprom.upd, which changes its EEPROM and starts it anew.");
    }
  }

  /// It has its address, and that is all.
  private void silent() {
    boolean any =
        attempt.has(e -> e.type() == EventType.FILE_REFUSED || e.type() == EventType.FILE_BROKEN);
    if (!any && !isAnythingServed()) {
      Optional<String> foreign = attempt.foreignServer();
      add(
          Pain.OTHER_FILE_SERVER,
          foreign.isPresent() ? Weight.LIKELY : Weight.POSSIBLE,
          "It took its address from us and asked us for no file: "
              + foreign
                  .map(s -> "another server, " + s + ", may name itself as the one to ask.")
                  .orElse("it may ask another server (TFTP_IP in its EEPROM)."));
      add(Pain.DATA_BLOCKED, Weight.POSSIBLE, "Its request to UDP port 69 may not arrive.");
    } else if (isAnythingServed()) {
      longFiles();
      add(
          Pain.FIRMWARE_SET,
          Weight.POSSIBLE,
          "It stopped in the middle of its boot files without a word.");
    }
  }

  private void longFiles() {
    attempt.all(EventType.FILE_BROKEN).stream()
        .filter(e -> bytes(e) >= Lint.BLOCKS_BYTES / 2 - 1024)
        .findFirst()
        .ifPresent(e ->
            add(
                Pain.BLOCKS_WRAP,
                Weight.POSSIBLE,
                bare(e) + " broke off where old loaders can count no further."));
  }

  private static long bytes(JournalEvent event) {
    String text = field(event, "bytes").toLowerCase(Locale.ROOT);
    return text.matches("\\d{1,15}") ? Long.parseLong(text) : 0;
  }
}
