package dev.coldframe.decide;

import dev.coldframe.boot.ConfigTxt;
import dev.coldframe.boot.Viewer;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Optional;

/// What a caller means by a path, over TFTP and HTTP alike. Rules are tried in the order of
/// [#RULES]; the first that knows answers.
///
/// A loader puts the board's serial, its MAC or a text of the operator's before each name; the path
/// is tried as it is, then without that prefix (architecture, truth 4). Whose tree is looked at,
/// the caller's address alone says; a prefix that belongs to somebody else is refused.
public final class BootPaths {
  /// The longest path. Loaders know less: a Pi's buffer ends well before it.
  public static final int MAX_CHARS = 255;

  /// The deepest path.
  public static final int MAX_PARTS = 32;

  private static final char FIRST_PRINTABLE = ' ';
  private static final char LAST_PRINTABLE = '~';

  private BootPaths() {}

  /// What is done about a path.
  public sealed interface Answer {
    /// Serve the first of these that exists.
    ///
    /// @param viewer whose tree
    /// @param paths plain relative paths, at least one
    record Look(Viewer viewer, List<String> paths) implements Answer {
      public Look {
        paths = List.copyOf(paths);
      }
    }

    /// There is nothing for this caller.
    ///
    /// @param reason a fixed text for the journal
    record Nothing(String reason) implements Answer {}
  }

  /// @param clean the path without empty parts; empty when it is no path
  private record Asked(Optional<String> clean, Caller caller, World world) {
    String path() {
      return clean.orElseThrow();
    }

    /// The last part; empty when it is no path.
    String name() {
      return clean.map(path -> path.substring(path.lastIndexOf('/') + 1)).orElse("");
    }

    Optional<String> prefix() {
      int slash = path().indexOf('/');
      return slash < 0 ? Optional.empty() : Optional.of(path().substring(0, slash));
    }
  }

  @FunctionalInterface
  private interface Rule {
    /// Empty: not mine.
    Optional<Answer> answer(Asked asked);
  }

  private static final List<Rule> RULES =
      List.of(
          BootPaths::noTree,
          BootPaths::updatesLater,
          BootPaths::bootsItself,
          BootPaths::waitsForImage,
          BootPaths::notAPath,
          BootPaths::elsewhere,
          BootPaths::ownPrefix,
          BootPaths::foreignPrefix,
          BootPaths::boardPrefix,
          BootPaths::asItIs);

  /// Decides about a path as a client sent it.
  public static Answer of(String sent, Caller caller, World world) {
    Asked asked = new Asked(clean(sent), caller, world);
    for (Rule rule : RULES) {
      Optional<Answer> answer = rule.answer(asked);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    return new Answer.Nothing("no rule knows the path");
  }

  private static Optional<Answer> noTree(Asked asked) {
    return asked.caller().viewer(asked.world()).isPresent()
        ? Optional.empty()
        : nothing("the caller has no boot tree");
  }

  /// An update of its EEPROM is for the board whose turn it is, and for no longer than that.
  private static Optional<Answer> updatesLater(Asked asked) {
    return asked.caller() instanceof Caller.OfNode(Node node, _)
            && node.profile().eeprom().isPresent()
            && EepromUpdate.PATHS.contains(asked.name())
            && !asked.world().eeproms().isOffered(node)
        ? nothing("no update of its EEPROM is offered")
        : Optional.empty();
  }

  /// "Done" means refused fast, never by silence (architecture, section 4).
  private static Optional<Answer> bootsItself(Asked asked) {
    return asked.caller() instanceof Caller.OfNode(Node node, boolean staysAway)
            && ((staysAway && !passesBy(node, asked))
                || node.profile().boot() == Profile.Boot.LOCAL)
        ? nothing("the node boots from its own disk")
        : Optional.empty();
  }

  /// A loader looks for an update only where it finds its config.txt (raspberry-pi-boot.md,
  /// sections 3.5 and 3.6). A board that is on its way to its disk gets that and the update, in the
  /// one boot in which it is offered, and finds nothing else to boot.
  private static boolean passesBy(Node node, Asked asked) {
    Eeproms eeproms = asked.world().eeproms();
    return eeproms.isOffered(node)
        && eeproms.offer(node).filter(o -> o.step() == EepromUpdate.Step.OFFERED).isPresent()
        && (EepromUpdate.PATHS.contains(asked.name()) || asked.name().equals(ConfigTxt.PATH));
  }

  /// Half a boot tree would start a kernel that finds nothing (architecture, section 4: the node
  /// waits here).
  private static Optional<Answer> waitsForImage(Asked asked) {
    if (!(asked.caller() instanceof Caller.OfNode(Node node, _)) || !node.profile().bootsImage()) {
      return Optional.empty();
    }
    if (asked.world().imageOf(node).isEmpty()) {
      return nothing("the node's image has not been imported yet");
    }
    return asked.world().bootImageOf(node).isEmpty()
        ? nothing(
            "no imported image has an initramfs for the installer; name one as installer-image")
        : Optional.empty();
  }

  private static Optional<Answer> notAPath(Asked asked) {
    return asked.clean().isPresent() ? Optional.empty() : nothing("not a plain path");
  }

  /// The appliance is asked by the path as it is; prefixes are its business.
  private static Optional<Answer> elsewhere(Asked asked) {
    return asked.caller() instanceof Caller.Beyond ? asItIs(asked) : Optional.empty();
  }

  private static Optional<Answer> ownPrefix(Asked asked) {
    if (!(asked.caller() instanceof Caller.OfNode(Node node, _))
        || asked.prefix().filter(prefix -> names(node, prefix)).isEmpty()) {
      return Optional.empty();
    }
    return withAndWithoutPrefix(asked);
  }

  private static Optional<Answer> withAndWithoutPrefix(Asked asked) {
    String stripped = asked.path().substring(asked.path().indexOf('/') + 1);
    return look(asked, List.of(asked.path(), stripped));
  }

  /// A serial or a MAC that nobody in the inventory has: the caller's own, for a node is often
  /// known by one of the two only, and its address already says who it is.
  private static Optional<Answer> boardPrefix(Asked asked) {
    boolean board =
        asked
            .prefix()
            .filter(p -> MacAddress.tryParse(p).isPresent() || Serial.tryParse(p).isPresent())
            .isPresent();
    return board ? withAndWithoutPrefix(asked) : Optional.empty();
  }

  private static Optional<Answer> foreignPrefix(Asked asked) {
    boolean foreign = asked.prefix().filter(p -> anyOwns(p, asked.world())).isPresent();
    return foreign ? nothing("another node's prefix") : Optional.empty();
  }

  private static boolean anyOwns(String id, World world) {
    return MacAddress.tryParse(id).flatMap(world::nodeWith).isPresent()
        || Serial.tryParse(id).filter(s -> !world.nodesWith(s).isEmpty()).isPresent();
  }

  private static Optional<Answer> asItIs(Asked asked) {
    return look(asked, List.of(asked.path()));
  }

  private static Optional<Answer> look(Asked asked, List<String> paths) {
    return asked.caller().viewer(asked.world()).map(viewer -> new Answer.Look(viewer, paths));
  }

  private static Optional<Answer> nothing(String reason) {
    return Optional.of(new Answer.Nothing(reason));
  }

  /// Whether a node knows itself by that text: its name, a MAC with dashes, 8 or 16 digits of a
  /// serial.
  static boolean names(Node node, String id) {
    return node.name().equals(id)
        || MacAddress.tryParse(id).filter(node.identity().macs()::contains).isPresent()
        || Serial.tryParse(id)
            .filter(s -> node.identity().serials().stream().anyMatch(s::matches))
            .isPresent();
  }

  /// Leading and doubled slashes are dropped, as loaders send them; everything else that is not a
  /// plain relative path of printable ASCII is none.
  private static Optional<String> clean(String sent) {
    if (sent.isEmpty() || sent.length() > MAX_CHARS || !isPlain(sent)) {
      return Optional.empty();
    }
    var path = new StringBuilder(sent.length());
    int parts = 0;
    int start = 0;
    while (start < sent.length()) {
      int slash = sent.indexOf('/', start);
      int end = slash < 0 ? sent.length() : slash;
      if (end > start) {
        String part = sent.substring(start, end);
        parts++;
        if (parts > MAX_PARTS || leadsAway(part) || (parts == 1 && hasDrive(part))) {
          return Optional.empty();
        }
        path.append(parts == 1 ? "" : "/").append(part);
      }
      start = end + 1;
    }
    return parts == 0 || sent.endsWith("/") ? Optional.empty() : Optional.of(path.toString());
  }

  private static boolean isPlain(String sent) {
    for (int i = 0; i < sent.length(); i++) {
      char c = sent.charAt(i);
      if (c < FIRST_PRINTABLE || c > LAST_PRINTABLE || c == '\\' || c == '%') {
        return false;
      }
    }
    return true;
  }

  private static boolean leadsAway(String part) {
    return part.equals(".") || part.equals("..");
  }

  private static boolean hasDrive(String part) {
    return part.length() >= 2 && part.charAt(1) == ':' && Character.isLetter(part.charAt(0));
  }
}
