package dev.coldframe.config;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Site;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Host and domain names (RFC 1123, section 2.1; lengths from RFC 1035, section 2.3.4).
final class Names {
  /// A host name: one DNS label.
  static final Read<String> LABEL = Reads.TEXT.keeping(Names::labelProblem);

  /// A domain name, made lower case, without the trailing dot.
  static final Read<String> DOMAIN =
      Reads.parsed(Names::tryParseDomain, "a domain name such as rack.home.arpa");

  /// The domain of all nodes.
  static final Read<String> OWN_DOMAIN = DOMAIN.keeping(Names::ownDomainProblem);

  private static final int MAX_NAME_CHARS = 253;

  /// What a node's own label and the dot before the domain may take.
  private static final int MAX_LABEL_CHARS = 63;

  private static final Pattern LABEL_FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?");

  /// Names that clients look for by themselves; whoever owns one can take traffic over.
  private static final Set<String> REFUSED = Set.of("localhost", "localdomain", "wpad", "isatap");

  private Names() {}

  /// Why a text is no such label; empty when it is one.
  static Optional<String> labelProblem(String text) {
    if (!isLabel(text)) {
      return Optional.of(
          Reads.quote(text)
              + " is no name; use lower-case letters, digits and inner dashes, at most 63");
    }
    return REFUSED.contains(text)
        ? Optional.of(text + " has a meaning of its own; choose another name")
        : Optional.empty();
  }

  /// Why a text is no node name: `/-/boot/<id>` takes names, serials and hardware addresses, so a
  /// name must not look like one of the others.
  static Optional<String> nodeNameProblem(String text) {
    boolean ambiguous = Serial.tryParse(text).isPresent() || MacAddress.tryParse(text).isPresent();
    return ambiguous
        ? Optional.of(text + " reads like a serial or a MAC address; choose another name")
        : hostProblem(text);
  }

  /// Why a text is no name of a host in the domain: this server has names there as well.
  static Optional<String> hostProblem(String text) {
    return switch (text) {
      case Site.APPLIANCE_LABEL ->
          Optional.of(text + " is this server's own name; choose another name");
      case Site.DYNAMIC_LABEL ->
          Optional.of(text + " is the zone of dynamic addresses; choose another name");
      default -> labelProblem(text);
    };
  }

  /// Reads a domain name of at least one label that is no broken address.
  static Optional<String> tryParseDomain(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    String[] labels = name.split("\\.", -1);
    boolean number = labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9');
    boolean valid =
        name.length() <= MAX_NAME_CHARS
            && !number
            && Arrays.stream(labels).allMatch(Names::isLabel);
    return valid ? Optional.of(name) : Optional.empty();
  }

  private static boolean isLabel(String text) {
    return text.length() <= MAX_LABEL_CHARS && LABEL_FORM.matcher(text).matches();
  }

  private static Optional<String> ownDomainProblem(String domain) {
    if (domain.equals("local") || domain.endsWith(".local")) {
      return Optional.of(domain + " belongs to mDNS (RFC 6762); write for example rack.home.arpa");
    }
    return domain.length() + 1 + MAX_LABEL_CHARS > MAX_NAME_CHARS
        ? Optional.of("is too long to put node names before it; use at most 189 characters")
        : Optional.empty();
  }
}
