package dev.coldframe.boot;

import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What one viewer sees under each path, and where its bytes come from. Names places in order; the
/// first that has something is served.
///
/// | Viewer | Order |
/// |---|---|
/// | node that installs | node override, template, its image's boot partition, each initramfs with the installer behind it, TFTP root |
/// | … and wants a ramdisk | for that and its signature, before the image: its own tree, packed |
/// | node of `files` | node override, TFTP root |
/// | node of `local` | nothing: it boots from its own disk |
/// | node whose profile wants something in its boot EEPROM | for `pieeprom.sig` and `.upd`: that alone |
/// | guest | TFTP root |
///
/// Behind the TFTP root come the loaders of [Loaders].
///
/// A template for `config.txt` or `cmdline.txt` does not stand for the image's own but is merged
/// into it ([ConfigTxt], [CmdlineTxt]).
public final class BootTree {
  /// Longest path in characters; the longest that a Raspberry Pi asks for has some 60.
  public static final int MAX_PATH = 255;

  /// Deepest path in parts.
  public static final int MAX_PARTS = 32;

  private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");
  private static final int SHORTEST_DEVICE = 3;
  private static final int LONGEST_DEVICE = 4;
  private static final Pattern NUMBERED_DEVICE = Pattern.compile("(com|lpt)[1-9]");

  private BootTree() {}

  /// Where the path may come from, in order; empty when it is no plain path or nothing is served.
  ///
  /// @param path relative, without a serial or MAC prefix
  public static List<Origin> candidates(Viewer viewer, String path) {
    if (!isPlain(path)) {
      return List.of();
    }
    var root = new ArrayList<Origin>(List.of(new Origin.TftpRoot(path)));
    if (!Loaders.places(path).isEmpty()) {
      root.add(new Origin.Loader(path));
    }
    return switch (viewer) {
      case Viewer.Guest _ -> root;
      case Viewer.Beyond _ -> List.of();
      case Viewer.OfNode(Node node) when updates(node, path) -> List.of(new Origin.Eeprom(path));
      case Viewer.OfNode(Node node) -> {
        var override = new Origin.NodeOverride(node.name(), path);
        yield switch (node.profile().boot()) {
          case INSTALL, SDROOT, NFS, RESCUE -> {
            var out = new ArrayList<Origin>(List.of(override, new Origin.Template(path)));
            if (node.profile().bootRamdisk() && Ramdisk.isOne(path)) {
              out.add(new Origin.Packed(path));
            }
            if (node.profile().bootsImage()) {
              if (node.profile().carriesInstaller()) {
                out.add(new Origin.Installer(path));
              }
              out.add(new Origin.Image(path));
            }
            out.addAll(root);
            yield out;
          }
          case FILES -> {
            root.addFirst(override);
            yield root;
          }
          case LOCAL -> List.of();
        };
      }
    };
  }

  private static boolean updates(Node node, String path) {
    return node.profile().eeprom().isPresent() && EepromUpdate.PATHS.contains(path);
  }

  /// The whole tree: each path that exists, with the place that it is served from.
  ///
  /// @param existing all places that have something
  public static SequencedMap<String, Origin> paths(Viewer viewer, Collection<Origin> existing) {
    Set<Origin> there = Set.copyOf(existing);
    var out = new TreeMap<String, Origin>();
    for (Origin origin : there) {
      candidates(viewer, origin.path()).stream()
          .filter(there::contains)
          .findFirst()
          .ifPresent(first -> out.put(origin.path(), first));
    }
    return out;
  }

  /// Whether a path is plain: relative, printable ASCII, parts that are neither empty nor hidden
  /// nor a way up, no character that another layer could read as an escape or a device (row T-06).
  public static boolean isPlain(String path) {
    if (path.isEmpty() || path.length() > MAX_PATH) {
      return false;
    }
    int parts = 0;
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      char c = i == path.length() ? '/' : path.charAt(i);
      if (c < ' ' || c > '~' || c == '\\' || c == '%' || c == ':') {
        return false;
      }
      if (c == '/') {
        parts++;
        if (parts > MAX_PARTS || !isPlainPart(path.substring(start, i))) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private static boolean isPlainPart(String part) {
    return !part.isEmpty()
        && part.charAt(0) != '.'
        && part.charAt(0) != ' '
        && part.charAt(part.length() - 1) != ' '
        && !isDevice(part);
  }

  /// Names that are a device on some system, whatever their suffix.
  private static boolean isDevice(String part) {
    int dot = part.indexOf('.');
    int length = dot < 0 ? part.length() : dot;
    if (length < SHORTEST_DEVICE || length > LONGEST_DEVICE) {
      return false;
    }
    String stem = part.substring(0, length).toLowerCase(Locale.ROOT);
    return DEVICES.contains(stem) || NUMBERED_DEVICE.matcher(stem).matches();
  }
}
