package dev.coldframe.config;

import dev.coldframe.node.HostName;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Host and domain names (RFC 1123, section 2.1; lengths from RFC 1035, section 2.3.4).
final class Names {
  /// A host name: one DNS label.
  static final Read<String> LABEL = Reads.TEXT.keeping(Names::labelProblem);

  /// A domain name, made lower case, without the trailing dot.
  static final Read<String> DOMAIN =
      Reads.parsed(Names::tryParseDomain, "a domain name such as rack.home.arpa");

  /// The domain of all nodes.
  static final Read<String> OWN_DOMAIN = DOMAIN.keeping(Names::ownDomainProblem);

  /// What a full name may have.
  static final int MAX_NAME_CHARS = 253;

  private Names() {}

  /// Why a text is no such label; empty when it is one.
  static Optional<String> labelProblem(String text) {
    return HostName.labelProblem(text);
  }

  /// Why a text is no node name.
  static Optional<String> nodeNameProblem(String text) {
    return HostName.nodeProblem(text);
  }

  /// Why a text is no name of a host in the domain.
  static Optional<String> hostProblem(String text) {
    return HostName.problem(text);
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
            && Arrays.stream(labels).allMatch(HostName::isLabel);
    return valid ? Optional.of(name) : Optional.empty();
  }

  private static Optional<String> ownDomainProblem(String domain) {
    if (domain.equals("local") || domain.endsWith(".local")) {
      return Optional.of(domain + " belongs to mDNS (RFC 6762); write for example rack.home.arpa");
    }
    return domain.length() + 1 + HostName.MAX_LABEL_CHARS > MAX_NAME_CHARS
        ? Optional.of("is too long to put node names before it; use at most 189 characters")
        : Optional.empty();
  }
}
