package dev.coldframe.store;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.BootSig;
import dev.coldframe.disk.Card;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.FatLayout;
import dev.coldframe.disk.Parsed;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The firmware that the operator brought, in `STATE/firmware/<board>/`: Coldframe ships none. What
/// is made of it is an enrolment card (raspberry-pi-boot.md, section 5.4), and of each version that
/// was brought the update of a running board ([EepromImages]).
public final class FirmwareFiles {
  private static final String EEPROM = "pieeprom.bin";
  private static final String RECOVERY = "recovery.bin";
  private static final int MAX_RECOVERY_BYTES = 4 << 20;
  private static final Pattern DATED =
      Pattern.compile("pieeprom-([0-9]{4}-[0-9]{2}-[0-9]{2})\\.bin");

  private final Path folder;

  /// @param state the state folder; it need not exist
  public FirmwareFiles(Path state) {
    this.folder = state.resolve("firmware");
  }

  /// Firmware of one board.
  ///
  /// @param board which
  /// @param eeprom its EEPROM image
  /// @param recovery what the ROM starts from a card to write that
  public record Firmware(EepromImage.Board board, EepromImage eeprom, Bytes recovery) {}

  /// Takes the newest EEPROM image of a folder, and `recovery.bin` beside it, as they lie in the
  /// folders of raspberrypi/rpi-eeprom.
  ///
  /// @throws IOException when there is none, or the disk does not let it
  public Firmware add(Path from) throws IOException {
    Path recovery = from.resolve(RECOVERY);
    if (!Files.isRegularFile(recovery) || Files.size(recovery) > MAX_RECOVERY_BYTES) {
      throw new IOException(from + " holds no " + RECOVERY);
    }
    Path newest = newest(from);
    EepromImage image = read(newest).orElseThrow();
    var found = new Firmware(image.board(), image, Bytes.wrap(Files.readAllBytes(recovery)));
    Path home = folder.resolve(word(found.board()));
    Files.createDirectories(
        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    put(home.resolve(RECOVERY), found.recovery());
    put(home.resolve(EEPROM), image.bytes());
    Optional<String> version = version(newest, image);
    if (version.isPresent()) {
      put(home.resolve("pieeprom-" + version.get() + ".bin"), image.bytes());
    }
    return found;
  }

  /// The date of an image: of its file's name, as its makers put it, else of its build.
  private static Optional<String> version(Path file, EepromImage image) {
    Matcher name = DATED.matcher(file.getFileName().toString());
    if (name.matches()) {
      return Optional.of(name.group(1));
    }
    return image.built().stream()
        .mapToObj(
            built -> Instant.ofEpochSecond(built).atZone(ZoneOffset.UTC).toLocalDate().toString())
        .findFirst();
  }

  /// The versions of a board's EEPROM image, `2026-08-04`, and where each lies; the newest last.
  public NavigableMap<String, Path> versions(EepromImage.Board board) throws IOException {
    var out = new TreeMap<String, Path>();
    Path home = folder.resolve(word(board));
    if (Files.isDirectory(home)) {
      try (Stream<Path> all = Files.list(home)) {
        all.forEach(file -> {
          Matcher name = DATED.matcher(file.getFileName().toString());
          if (name.matches()) {
            out.put(name.group(1), file);
          }
        });
      }
    }
    return out;
  }

  /// By name, which holds the date.
  private static Path newest(Path from) throws IOException {
    try (Stream<Path> all = Files.list(from)) {
      List<Path> names =
          all.filter(p -> p.getFileName().toString().matches("pieeprom.*\\.bin"))
              .sorted(Comparator.comparing((Path p) -> p.getFileName().toString()).reversed())
              .toList();
      for (Path name : names) {
        if (read(name).isPresent()) {
          return name;
        }
      }
    }
    throw new IOException(from + " holds no EEPROM image that can be read");
  }

  /// An EEPROM image that has settings; empty when the file is none.
  static Optional<EepromImage> read(Path file) throws IOException {
    return Files.size(file) > EepromImage.Board.PI5.sizeBytes()
        ? Optional.empty()
        : EepromImage.read(Bytes.wrap(Files.readAllBytes(file)))
            .good()
            .filter(image -> image.file(BootConf.FILE).isPresent());
  }

  private static void put(Path file, Bytes bytes) throws IOException {
    Path part = file.resolveSibling("." + file.getFileName());
    Files.write(part, bytes.toArray());
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// All firmware there is, by board.
  public List<Firmware> list() throws IOException {
    var out = new ArrayList<Firmware>();
    for (EepromImage.Board board : EepromImage.Board.values()) {
      of(board).ifPresent(out::add);
    }
    return out;
  }

  /// The firmware of a board, if there is any.
  public Optional<Firmware> of(EepromImage.Board board) throws IOException {
    Path home = folder.resolve(word(board));
    if (!Files.exists(home.resolve(EEPROM)) || !Files.exists(home.resolve(RECOVERY))) {
      return Optional.empty();
    }
    Bytes recovery = Bytes.wrap(Files.readAllBytes(home.resolve(RECOVERY)));
    return read(home.resolve(EEPROM)).map(eeprom -> new Firmware(board, eeprom, recovery));
  }

  /// `pi4`.
  public static String word(EepromImage.Board board) {
    return board.name().toLowerCase(Locale.ROOT);
  }

  /// Writes the image of a card that puts a boot order into a board's EEPROM.
  ///
  /// @param bootOrder such as `0xf21`
  /// @param at when; a board takes only newer updates
  /// @throws IOException when the settings do not fit, or the disk does not let it
  public static void card(Firmware firmware, String bootOrder, Instant at, Path out)
      throws IOException {
    String conf =
        firmware.eeprom().file(BootConf.FILE).orElse(Bytes.EMPTY).text(StandardCharsets.UTF_8);
    Bytes edited = Bytes.of(BootConf.with(conf, "BOOT_ORDER", bootOrder), StandardCharsets.UTF_8);
    Bytes eeprom = good(firmware.eeprom().with(BootConf.FILE, edited)).bytes();
    Bytes hash = Sha256.of(eeprom.toArray(), eeprom.size());
    var files = new TreeMap<String, Bytes>();
    files.put(RECOVERY, firmware.recovery());
    files.put(EEPROM, eeprom);
    files.put(
        "pieeprom.sig",
        Bytes.of(
            BootSig.text(hash, at.getEpochSecond(), Optional.empty()), StandardCharsets.US_ASCII));
    List<FatLayout.Source> sources =
        files.entrySet().stream()
            .map(f -> new FatLayout.Source(f.getKey(), f.getValue().size()))
            .toList();
    write(good(Card.of(sources)), files, out);
  }

  private static <T> T good(Parsed<T> parsed) throws IOException {
    return switch (parsed) {
      case Parsed.Good<T>(T value) -> value;
      case Parsed.Bad<T>(String defect) -> throw new IOException("no card can be made: " + defect);
    };
  }

  private static void write(Card card, Map<String, Bytes> files, Path out) throws IOException {
    try (FileChannel channel =
        FileChannel.open(out, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(channel, 0, card.table());
      for (FatLayout.Piece piece : card.volume().pieces()) {
        switch (piece) {
          case FatLayout.Piece.Made(long at, Bytes bytes) ->
              write(channel, Card.VOLUME_AT + at, bytes);
          case FatLayout.Piece.File(long at, String path, long _) ->
              write(channel, Card.VOLUME_AT + at, files.getOrDefault(path, Bytes.EMPTY));
        }
      }
      write(channel, card.sizeBytes() - 1, Bytes.of(0));
      channel.force(true);
    }
  }

  private static void write(FileChannel channel, long at, Bytes bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }
}
