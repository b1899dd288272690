package dev.coldframe.decide;

import dev.coldframe.decide.DhcpDecisions.Question;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.SwitchPort;
import java.util.Optional;

/// How far clients that are no node get, so that who invents hardware addresses takes neither a
/// whole pool nor this server's time. Nodes are never counted, whoever else asks. All of it is
/// lifted by `limits: { per-source: off }`.
final class StrangerLimits {
  /// A switch of its own may hang behind a port; more clients at once come half a minute later.
  static final int MAX_A_PORT = 32;

  /// Messages that are looked at from one relay in [Recent#RELAY_STRETCH]. Whoever forges the
  /// address of a relay in the list makes us send to it: no more than this.
  static final int MAX_MESSAGES_A_RELAY = 1_000;

  private StrangerLimits() {}

  /// Why a stranger's message from a relay is not looked at.
  static Optional<String> ofRelay(Question question) {
    boolean busy =
        question.request().relayed()
            && question.world().site().limits().perSource()
            && question
                .recent()
                .isBusy(question.request().giaddr(), MAX_MESSAGES_A_RELAY, question.now());
    return busy
        ? Optional.of("too many messages of unknown clients through one relay")
        : Optional.empty();
  }

  /// Why a client that did not have the address is not offered it: its switch port has had its
  /// share of the last half minute, or all offers but those that [LeaseBook#isCrowded] keeps are
  /// open.
  static Optional<String> ofOffers(Question question, Ip4 address, IpRange pool) {
    if (!question.world().site().limits().perSource() || hadIt(question, address)) {
      return Optional.empty();
    }
    Optional<SwitchPort> port = question.who().port();
    if (port.filter(p -> question.recent().isCrowded(p, MAX_A_PORT, question.now())).isPresent()) {
      return Optional.of("too many unknown clients at one switch port");
    }
    return question.book().isCrowded(pool, question.now())
        ? Optional.of("too many offers are open")
        : Optional.empty();
  }

  private static boolean hadIt(Question question, Ip4 address) {
    return question
        .book()
        .at(address)
        .filter(lease -> lease.mac().equals(question.who().mac()))
        .isPresent();
  }
}
