package dev.coldframe.store;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.Parsed;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Soc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The images that profiles want in boot EEPROMs: one of the firmware store with the profile's
/// settings in it, the same bytes each time. Any thread; blocks.
public final class EepromImages {
  private static final Logger LOG = LoggerFactory.getLogger(EepromImages.class);

  private final FirmwareFiles firmware;
  private final Map<Key, Kept> made = new ConcurrentHashMap<>();

  private record Key(EepromPolicy policy, Soc soc) {}

  /// @param file what it was made of, as it was then
  private record Kept(Source file, Made image) {}

  private record Source(String version, Path path, FileTime changed, long sizeBytes) {}

  /// What came of composing an image.
  public sealed interface Made {
    /// It is there.
    record Image(Eeproms.Target target, Bytes bytes) implements Made {}

    /// It is not.
    ///
    /// @param reason completes "profiles.k8s.eeprom: …"
    record Nothing(String reason) implements Made {}
  }

  /// @param state the state folder; it need not exist
  public EepromImages(Path state) {
    this.firmware = new FirmwareFiles(state);
  }

  /// Lets go of what profiles do not want any more.
  public void keepOnly(Collection<Profile> profiles) {
    Set<EepromPolicy> present =
        profiles.stream().flatMap(p -> p.eeprom().stream()).collect(Collectors.toSet());
    made.keySet().removeIf(key -> !present.contains(key.policy()));
  }

  /// What each profile wants, by its name; only what is there.
  public Map<String, Map<Soc, Eeproms.Target>> targets(Collection<Profile> profiles) {
    var out = new HashMap<String, Map<Soc, Eeproms.Target>>();
    keepOnly(profiles);
    for (Profile profile : profiles) {
      profile.eeprom().map(this::targets).ifPresent(found -> out.put(profile.name(), found));
    }
    return out;
  }

  private Map<Soc, Eeproms.Target> targets(EepromPolicy policy) {
    var out = new EnumMap<Soc, Eeproms.Target>(Soc.class);
    for (Soc soc : Soc.values()) {
      try {
        if (of(policy, soc) instanceof Made.Image(Eeproms.Target target, _)) {
          out.put(soc, target);
        }
      } catch (IOException e) {
        LOG.error("an EEPROM image cannot be read board={}", soc.label(), e);
      }
    }
    return Map.copyOf(out);
  }

  /// What profiles want and the firmware store has not, one sentence each.
  public List<String> lacks(Collection<Profile> profiles) throws IOException {
    var out = new ArrayList<String>();
    for (Profile profile : profiles) {
      if (profile.eeprom().isPresent()) {
        out.addAll(lacks(profile.name(), profile.eeprom().get()));
      }
    }
    return out;
  }

  private List<String> lacks(String profile, EepromPolicy policy) throws IOException {
    var out = new ArrayList<String>();
    int there = 0;
    // One version for all is for those boards that there are.
    boolean forAll = policy.versions().size() == Soc.values().length;
    for (Soc soc : Soc.values()) {
      boolean any = !firmware.versions(board(soc)).isEmpty();
      there += any ? 1 : 0;
      if ((any || (policy.version(soc).isPresent() && !forAll))
          && of(policy, soc) instanceof Made.Nothing(String reason)) {
        out.add("profiles." + profile + ".eeprom: " + reason);
      }
    }
    if (there == 0 && out.isEmpty()) {
      out.add(
          "profiles."
              + profile
              + ".eeprom: there is no firmware; get raspberrypi/rpi-eeprom and run 'coldframe"
              + " firmware add DIR'");
    }
    return out;
  }

  /// The image for a chip.
  public Made of(EepromPolicy policy, Soc soc) throws IOException {
    NavigableMap<String, Path> versions = firmware.versions(board(soc));
    Optional<String> version =
        policy
            .version(soc)
            .or(() -> Optional.ofNullable(versions.lastEntry()).map(Map.Entry::getKey));
    Path path = version.map(versions::get).orElse(null);
    if (version.isEmpty() || path == null) {
      return new Made.Nothing(missing(version.orElse(""), soc, versions));
    }
    var attributes = Files.readAttributes(path, BasicFileAttributes.class);
    var source = new Source(version.get(), path, attributes.lastModifiedTime(), attributes.size());
    Key key = new Key(policy, soc);
    Kept kept = made.get(key);
    if (kept == null || !kept.file().equals(source)) {
      kept = new Kept(source, compose(policy, soc, source));
      made.put(key, kept);
    }
    return kept.image();
  }

  private static String missing(String version, Soc soc, Map<String, Path> versions) {
    if (versions.isEmpty()) {
      return "there is no firmware for "
          + soc.label()
          + "; run 'coldframe firmware add DIR' with "
          + soc.number()
          + " firmware";
    }
    return "there is no firmware "
        + version
        + " for "
        + soc.label()
        + "; write one of "
        + String.join(", ", versions.keySet());
  }

  private static Made compose(EepromPolicy policy, Soc soc, Source source) throws IOException {
    Optional<EepromImage> stock = FirmwareFiles.read(source.path());
    if (stock.isEmpty() || stock.get().board() != board(soc)) {
      return new Made.Nothing(source.path() + " is no EEPROM image for " + soc.label());
    }
    String conf =
        stock.get().file(BootConf.FILE).orElse(Bytes.EMPTY).text(StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> setting : new TreeMap<>(policy.settings()).entrySet()) {
      conf = BootConf.with(conf, setting.getKey(), setting.getValue());
    }
    return switch (stock.get().with(BootConf.FILE, Bytes.of(conf, StandardCharsets.ISO_8859_1))) {
      case Parsed.Bad<EepromImage>(String defect) ->
          new Made.Nothing("the settings do not fit: " + defect);
      case Parsed.Good<EepromImage>(EepromImage image) ->
          new Made.Image(target(image, conf, soc, source.version()), image.bytes());
    };
  }

  private static Eeproms.Target target(EepromImage image, String conf, Soc soc, String version) {
    byte[] bytes = image.bytes().toArray();
    byte[] settings = Eeproms.settingsText(conf).getBytes(StandardCharsets.ISO_8859_1);
    return new Eeproms.Target(
        soc,
        version,
        image.built().orElse(0),
        Sha256.of(bytes, bytes.length).hex(),
        Sha256.of(settings, settings.length).hex());
  }

  private static EepromImage.Board board(Soc soc) {
    return switch (soc) {
      case BCM2711 -> EepromImage.Board.PI4;
      case BCM2712 -> EepromImage.Board.PI5;
    };
  }
}
