package dev.coldframe.config;

import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.Boot;
import dev.coldframe.node.Profile.ClientClass;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `profiles:`.
final class ProfilesReader {
  /// Longer lines are cut by the Pi's firmware.
  private static final int MAX_CONFIG_TXT_CHARS = 98;

  /// COMMAND_LINE_SIZE is 2048 on arm64; the image's own words come before ours.
  private static final int MAX_CMDLINE_CHARS = 1024;

  /// The BOOTP file field has 128 bytes and ends with a zero (RFC 951).
  private static final int MAX_BOOT_FILE_CHARS = 127;

  private static final Pattern USER_NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
  private static final Pattern IMAGE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern LOCALE =
      Pattern.compile("(?:C|[a-z]{2,3}(?:_[A-Z]{2})?)\\.UTF-8(?:@[a-z]+)?");
  private static final Pattern NFS_ROOT =
      Pattern.compile("(?:\\d{1,3}\\.){3}\\d{1,3}:/[A-Za-z0-9_./{}-]{1,200}");
  private static final Pattern KEYBOARD = Pattern.compile("[a-z][a-z0-9_-]{1,31}");
  private static final Pattern RELATIVE_PATH = Pattern.compile("[^/\\\\]+(?:/[^/\\\\]+)*");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");

  /// What an image is called.
  static final Read<String> IMAGE_NAME =
      form(IMAGE, "an image's name; 'coldframe image list' shows them");

  private static final Read<Boot> BOOT =
      Reads.choice(Section.PROFILE, "boot", List.of(Boot.values()));
  private static final Read<Profile.AddressInOs> ADDRESS_IN_OS =
      Reads.choice(Section.PROFILE, "address-in-os", List.of(Profile.AddressInOs.values()));
  private static final Read<String> BOOT_FILE = Reads.TEXT.keeping(ProfilesReader::pathProblem);
  private static final Read<String> TIMEZONE = Reads.TEXT.keeping(ProfilesReader::zoneProblem);
  private static final Read<List<String>> CONFIG_TXT =
      Reads.listOf(Reads.TEXT.keeping(ProfilesReader::configTxtProblem));
  private static final Read<List<String>> CMDLINE =
      Reads.listOf(Reads.TEXT.keeping(ProfilesReader::wordProblem))
          .keeping(ProfilesReader::cmdlineProblem);

  private final Problems problems;
  private final SetupReader setup;

  /// @param templates where first-boot scripts lie
  ProfilesReader(Problems problems, Path templates) {
    this.problems = problems;
    this.setup = new SetupReader(problems, templates);
  }

  /// The name of a profile, for other sections.
  static Read<Profile> oneOf(Map<String, Profile> profiles) {
    return (value, problems) -> {
      Optional<String> name = Reads.TEXT.from(value, problems);
      Optional<Profile> found = name.flatMap(n -> Optional.ofNullable(profiles.get(n)));
      if (found.isEmpty()) {
        name.ifPresent(n -> problems.error(value.place(), unknown(n, profiles)));
      }
      return found;
    };
  }

  private static String unknown(String name, Map<String, Profile> profiles) {
    String advice =
        Nearest.to(name, profiles.keySet())
            .map(near -> "did you mean " + near + "?")
            .orElse("add it under profiles");
    return "there is no profile " + Reads.quote(name) + "; " + advice;
  }

  /// All profiles, as far as each could be read, by name.
  Map<String, Profile> read(Map<String, Value> entries) {
    var out = new LinkedHashMap<String, Profile>();
    entries.forEach((name, value) -> {
      Names.labelProblem(name).ifPresent(message -> problems.error(value.place(), message));
      out.put(name, profile(name, value));
    });
    return out;
  }

  private Profile profile(String name, Value value) {
    Fields in = Fields.of(value, Section.PROFILE, problems);
    Boot boot = in.get("boot", BOOT, Boot.INSTALL);
    Profile.Install install = InstallReader.read(in);
    return new Profile(
        name,
        boot,
        image(in, boot),
        nfsRoot(in, boot),
        ramdisk(in, boot),
        bootfiles(in, boot),
        bootfileZero(in, boot),
        in.get("user").flatMap(this::user),
        ssh(in.section("ssh", Section.SSH)),
        in.get("locale", form(LOCALE, "a UTF-8 locale such as ja_JP.UTF-8 or C.UTF-8")),
        in.get("keyboard", form(KEYBOARD, "an XKB layout such as jp or us")),
        in.get("timezone", TIMEZONE),
        in.get("address-in-os", ADDRESS_IN_OS, Profile.AddressInOs.DHCP),
        in.get("config-txt", CONFIG_TXT, List.of()),
        in.get("cmdline", CMDLINE, List.of()),
        install,
        setup.read(in, install.disk()),
        in.get("eeprom").map(wanted -> new EepromReader(problems).read(wanted, boot)));
  }

  private Optional<String> image(Fields in, Boot boot) {
    if (in.get("image").isPresent() && boot == Boot.FILES) {
      problems.error(
          in.place("image"),
          "profiles with boot: files serve tftp-root as it is; leave it out or change boot");
    }
    return in.get("image", IMAGE_NAME);
  }

  /// Only a root on a server has one, and it must have one.
  private Optional<String> nfsRoot(Fields in, Boot boot) {
    if (boot != Boot.NFS) {
      in.get("nfs-root")
          .ifPresent(_ ->
              problems.error(
                  in.place("nfs-root"),
                  "only profiles with boot: nfs have one; leave it out or change boot"));
      return Optional.empty();
    }
    return in.require(
        "nfs-root",
        form(NFS_ROOT, "server and path such as 192.168.0.5:/srv/nfs/{node}"),
        "write where the root is, such as 192.168.0.5:/srv/nfs/{node}");
  }

  private boolean ramdisk(Fields in, Boot boot) {
    boolean wanted = in.get("boot-ramdisk", Reads.SWITCH, false);
    if (wanted && boot == Boot.FILES) {
      problems.error(
          in.place("boot-ramdisk"),
          "profiles with boot: files serve tftp-root as it is; leave it out or change boot");
    }
    return wanted;
  }

  private Map<ClientClass, String> bootfiles(Fields profile, Boot boot) {
    Fields in = profile.section("bootfiles", Section.BOOTFILES);
    if (profile.get("bootfiles").isPresent() && boot == Boot.LOCAL) {
      problems.error(
          in.place(), "profiles with boot: local serve no boot files; leave it out or change boot");
    }
    var out = new LinkedHashMap<ClientClass, String>();
    for (ClientClass client : ClientClass.values()) {
      in.get(Reads.word(client), BOOT_FILE).ifPresent(path -> out.put(client, path));
    }
    return out;
  }

  private boolean bootfileZero(Fields in, Boot boot) {
    boolean wanted = in.get("bootfile-zero", Reads.SWITCH, false);
    if (wanted && boot == Boot.LOCAL) {
      problems.error(
          in.place("bootfile-zero"),
          "profiles with boot: local serve no boot files; leave it out or change boot");
    }
    return wanted;
  }

  private Optional<Profile.User> user(Value value) {
    Fields in = Fields.of(value, Section.USER, problems);
    Optional<String> name =
        in.require(
            "name", form(USER_NAME, "a Linux user name such as mayth"), "write the account's name");
    Optional<String> hash = in.get("password-hash", Credentials.PASSWORD_HASH);
    List<String> keys = in.get("ssh-keys", Reads.oneOrMore(Credentials.SSH_KEY), List.of());
    if (hash.isEmpty() && keys.isEmpty()) {
      problems.warning(in.place(), "nobody can log in; write ssh-keys or password-hash");
    }
    return name.map(n -> new Profile.User(n, hash, keys));
  }

  private static Profile.Ssh ssh(Fields in) {
    return new Profile.Ssh(
        in.get("enabled", Reads.SWITCH, true), in.get("password", Reads.SWITCH, false));
  }

  /// One line of text of a form.
  ///
  /// @param what completes "… is not"
  static Read<String> form(Pattern form, String what) {
    return Reads.parsed(text -> Optional.of(text).filter(t -> form.matcher(t).matches()), what);
  }

  private static Optional<String> pathProblem(String path) {
    boolean climbs = List.of(path.split("/", -1)).stream().anyMatch(s -> s.matches("\\.{1,2}"));
    if (climbs || !RELATIVE_PATH.matcher(path).matches()) {
      return Optional.of(
          Reads.quote(path)
              + " is no path inside tftp-root; write it without .. and leading slash");
    }
    return path.length() > MAX_BOOT_FILE_CHARS
        ? Optional.of("is longer than the " + MAX_BOOT_FILE_CHARS + " characters DHCP has room for")
        : Optional.empty();
  }

  private static Optional<String> zoneProblem(String zone) {
    if (ZoneId.getAvailableZoneIds().contains(zone)) {
      return Optional.empty();
    }
    String near =
        Nearest.to(zone, ZoneId.getAvailableZoneIds().stream().sorted().toList())
            .map(n -> "did you mean " + n + "?")
            .orElse("write one such as Asia/Tokyo");
    return Optional.of(Reads.quote(zone) + " is no IANA time zone; " + near);
  }

  private static Optional<String> configTxtProblem(String line) {
    return line.length() > MAX_CONFIG_TXT_CHARS
        ? Optional.of(
            "is longer than the "
                + MAX_CONFIG_TXT_CHARS
                + " characters that the firmware reads; split it")
        : Optional.empty();
  }

  private static Optional<String> wordProblem(String word) {
    return word.contains(" ") || !PRINTABLE.matcher(word).matches()
        ? Optional.of(Reads.quote(word) + " is not one word of ASCII; make an item of each word")
        : Optional.empty();
  }

  private static Optional<String> cmdlineProblem(List<String> words) {
    return String.join(" ", words).length() > MAX_CMDLINE_CHARS
        ? Optional.of(
            "is longer than " + MAX_CMDLINE_CHARS + " characters; the kernel would cut it")
        : Optional.empty();
  }
}
