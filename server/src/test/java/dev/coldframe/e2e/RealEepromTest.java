package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Launcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The makers' own firmware on an enrolment card, read and edited beside their own tool. Their
/// files are not part of Coldframe: the system property `eeprom` names a checkout of them.
@Tag("eeprom")
class RealEepromTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String ORDER = "BOOT_ORDER=0xf12";

  /// Magic and length of a section; a file's name follows, and after 16 bytes its content.
  private static final int HEAD_BYTES = 8;

  @TempDir Path folder;

  private static String run(String... words) {
    return Command.run(LIMIT, words).text();
  }

  private String coldframe(String... words) {
    var all =
        Stream.concat(Launcher.words(words).stream(), Stream.of("--state", folder.toString()));
    return run(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"pi4, firmware-2711", "pi5, firmware-2712"})
  void theMakersToolSeesTheEditAndNothingElse(String board, String firmware)
      throws IOException, NoSuchAlgorithmException {
    Path theirs = Path.of(System.getProperty("eeprom", ""));
    String tool = theirs.resolve("rpi-eeprom-config").toString();
    assertThat(Path.of(tool)).as("a checkout of raspberrypi/rpi-eeprom").exists();
    var proof = new Proof("eeprom-" + board, "scripts/e2e eeprom DIR");

    Path latest = theirs.resolve(firmware).resolve("latest");
    String took = coldframe("firmware", "add", latest.toString());
    Path stock = stock(latest, took);
    proof.note("image", stock.getFileName().toString());
    proof.note("sha256", hash(Files.readAllBytes(stock)));
    Path card = folder.resolve("card.img");
    coldframe("card", "--board", board, "--first", "network", "-o", card.toString());
    Path volume = folder.resolve("volume");
    run("dd", "if=" + card, "of=" + volume, "bs=1M", "skip=1", "status=none");
    run("fsck.vfat", "-n", volume.toString());
    proof.equal(
        "files on the card",
        List.of(run("mdir", "-b", "-i", volume.toString(), "::").split("\\s+", -1)).stream()
            .filter(name -> !name.isEmpty())
            .sorted()
            .toList(),
        List.of("::/pieeprom.bin", "::/pieeprom.sig", "::/recovery.bin"));
    for (String file : List.of("pieeprom.bin", "pieeprom.sig", "recovery.bin")) {
      run("mcopy", "-i", volume.toString(), "::/" + file, folder.resolve(file).toString());
    }
    proof.equal(
        "recovery.bin",
        hash(Files.readAllBytes(folder.resolve("recovery.bin"))),
        hash(Files.readAllBytes(latest.resolve("recovery.bin"))));

    Path edited = folder.resolve("pieeprom.bin");
    byte[] ours = Files.readAllBytes(edited);
    proof.equal(
        "hash beside the image",
        Files.readString(folder.resolve("pieeprom.sig")).lines().findFirst().orElse(""),
        hash(ours));
    String conf = run("python3", tool, edited.toString());
    String before = run("python3", tool, stock.toString());
    proof.equal("settings that were there", settings(conf), settings(before));
    proof.holds("the new boot order", conf, ORDER + "\n");

    Path confFile = Files.writeString(folder.resolve("conf"), conf);
    Path reference = folder.resolve("reference.bin");
    run("python3", tool, "-c", confFile.toString(), "-o", reference.toString(), stock.toString());
    byte[] tools = Files.readAllBytes(reference);
    byte[] original = Files.readAllBytes(stock);
    int at = lastIndexOf(original, "bootconf.txt") - HEAD_BYTES;
    proof.equal("bytes before the settings", firstDifference(ours, original, 0, at), -1);
    proof.equal(
        "settings as the makers' tool writes them",
        firstDifference(ours, tools, at, Math.min(at + 8_192, ours.length - 4_096)),
        -1);
    int behind = at + HEAD_BYTES + 16 + Math.max(conf.length(), before.length()) + 16;
    proof.equal(
        "bytes behind the settings", firstDifference(ours, original, behind, ours.length), -1);
    proof.note("settings", conf);
    proof.end();
  }

  private static Path stock(Path latest, String took) throws IOException, NoSuchAlgorithmException {
    try (Stream<Path> files = Files.list(latest)) {
      for (Path file : files.filter(f -> f.toString().contains("/pieeprom-")).toList()) {
        if (took.contains(hash(Files.readAllBytes(file)))) {
          return file;
        }
      }
    }
    throw new AssertionError("none of the images was taken: " + took);
  }

  private static List<String> settings(String conf) {
    return conf.lines().filter(line -> !line.startsWith("BOOT_ORDER=")).toList();
  }

  private static String hash(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /// The loaders in the image mention the name too, before the file.
  private static int lastIndexOf(byte[] bytes, String name) {
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    for (int at = bytes.length - wanted.length; at >= 0; at--) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError("no " + name);
  }

  /// Where two images differ first; -1 when they do not.
  private static int firstDifference(byte[] a, byte[] b, int from, int to) {
    int at = Arrays.mismatch(a, from, to, b, from, to);
    return at < 0 ? -1 : from + at;
  }
}
