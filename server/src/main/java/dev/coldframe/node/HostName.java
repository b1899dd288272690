package dev.coldframe.node;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a host may be called: one DNS label (RFC 1123, section 2.1; length from RFC 1035, section
/// 2.3.4), with some names left to those who own them.
public final class HostName {
  /// What a label may have.
  public static final int MAX_LABEL_CHARS = 63;

  private static final int QUOTED_CHARS = 60;
  private static final Pattern LABEL_FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?");

  /// Names that clients look for by themselves; whoever owns one can take traffic over.
  private static final Set<String> REFUSED = Set.of("localhost", "localdomain", "wpad", "isatap");

  private HostName() {}

  /// Whether a text has the form of a label.
  public static boolean isLabel(String text) {
    return text.length() <= MAX_LABEL_CHARS && LABEL_FORM.matcher(text).matches();
  }

  /// Why a text is no such label; empty when it is one.
  public static Optional<String> labelProblem(String text) {
    if (!isLabel(text)) {
      return Optional.of(
          quote(text) + " is no name; use lower-case letters, digits and inner dashes, at most 63");
    }
    return REFUSED.contains(text)
        ? Optional.of(text + " has a meaning of its own; choose another name")
        : Optional.empty();
  }

  /// Why a text is no node name: `/-/boot/<id>` takes names, serials and hardware addresses, so a
  /// name must not look like one of the others.
  public static Optional<String> nodeProblem(String text) {
    boolean ambiguous = Serial.tryParse(text).isPresent() || MacAddress.tryParse(text).isPresent();
    return ambiguous
        ? Optional.of(text + " reads like a serial or a MAC address; choose another name")
        : problem(text);
  }

  /// Why a text is no name of a host in the domain: this server has names there as well.
  public static Optional<String> problem(String text) {
    return switch (text) {
      case Site.APPLIANCE_LABEL ->
          Optional.of(text + " is this server's own name; choose another name");
      case Site.DYNAMIC_LABEL ->
          Optional.of(text + " is the zone of dynamic addresses; choose another name");
      default -> labelProblem(text);
    };
  }

  private static String quote(String text) {
    return "'"
        + (text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "…")
        + "'";
  }
}
