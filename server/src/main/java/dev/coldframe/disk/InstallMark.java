package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an installer leaves on a disk before anything else: whose it is and which install is at
/// work there. It lies in front of the first partition of every usual image and behind both kinds
/// of partition table, and is signed with the site's key, so that nobody else's disk is taken for a
/// node's own (architecture, section 5).
///
/// ```
/// COLDFRAME INSTALL 1\n
/// node NAME\n
/// install ID\n
/// image SHA-256\n
/// mac HMAC-SHA-256 of the lines above\n
/// ```
///
/// @param node the node's name
/// @param install the install's id, hex digits
/// @param image SHA-256 of the image, hex digits
public record InstallMark(String node, String install, String image) {
  /// Where it lies: one block of 4 KiB below the first mebibyte.
  public static final ByteRange AREA = new ByteRange((1 << 20) - 4096, 512);

  private static final String TITLE = "COLDFRAME INSTALL 1\n";
  private static final Pattern FORM =
      Pattern.compile(
          TITLE + "node ([a-z0-9-]{1,63})\ninstall ([0-9a-f]{1,64})\nimage ([0-9a-f]{64})\n");
  private static final Pattern MAC = Pattern.compile("mac ([0-9a-f]{64})\n\0*");

  /// The sector.
  ///
  /// @param mac signs with the site's key
  public Bytes sector(UnaryOperator<Bytes> mac) {
    String signed = TITLE + "node " + node + "\ninstall " + install + "\nimage " + image + "\n";
    String text = signed + "mac " + mac.apply(ascii(signed)).hex() + "\n";
    byte[] out = new byte[(int) AREA.length()];
    ascii(text).copyTo(out, 0);
    return Bytes.wrap(out);
  }

  /// Reads a sector.
  ///
  /// @param mac signs with the site's key
  /// @return empty when it holds no mark, or one of another site
  public static Optional<InstallMark> read(Bytes sector, UnaryOperator<Bytes> mac) {
    String text = sector.text(StandardCharsets.ISO_8859_1);
    Matcher form = FORM.matcher(text);
    if (!form.lookingAt()) {
      return Optional.empty();
    }
    Matcher end = MAC.matcher(text).region(form.end(), text.length());
    Bytes expected = mac.apply(ascii(form.group()));
    boolean genuine =
        end.matches()
            && MessageDigest.isEqual(expected.toArray(), Bytes.parseHex(end.group(1)).toArray());
    return genuine
        ? Optional.of(new InstallMark(form.group(1), form.group(2), form.group(3)))
        : Optional.empty();
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text, StandardCharsets.US_ASCII);
  }

  /// Whether an image leaves room for it.
  ///
  /// @param data where the image holds data
  public static boolean fits(PartitionTable table, List<ByteRange> data, long imageBytes) {
    long end = AREA.first() + AREA.length();
    boolean inPartition = table.partitions().stream().anyMatch(p -> p.area().first() < end);
    boolean covered =
        data.stream().anyMatch(run -> run.first() < end && run.last() >= AREA.first());
    return imageBytes > end && !inPartition && !covered;
  }
}
