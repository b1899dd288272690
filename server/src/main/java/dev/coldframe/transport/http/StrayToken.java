package dev.coldframe.transport.http;

import dev.coldframe.decide.JourneyDecisions;
import dev.coldframe.node.Node;
import dev.coldframe.store.Chronicle;
import dev.coldframe.transport.BootPlane;
import java.time.Instant;
import java.util.Optional;

/// A token that opens nothing where it came from. If it is another node's, it got out: that node's
/// session ends (row L-11).
final class StrayToken {
  private StrayToken() {}

  /// Ends the session that a token belongs to.
  ///
  /// @param token as it was presented by the exchange's source, which is not its holder
  static void seen(BootPlane plane, Exchange exchange, String token, Instant now) {
    String hash = JourneyExchange.hash(token);
    plane
        .chronicle()
        .find(state ->
            state.journey().filter(j -> j.aliveAt(now) && j.tokenHash().equals(hash)).isPresent())
        .flatMap(plane.world().get()::node)
        .ifPresent(holder -> end(plane, exchange, holder, now));
  }

  private static void end(BootPlane plane, Exchange exchange, Node holder, Instant now) {
    var asked = new JourneyDecisions.Asked(holder, exchange.source(), now, false, Optional.empty());
    JourneyDecisions.Verdict verdict = JourneyDecisions.stray(asked);
    var _ =
        plane
            .chronicle()
            .decide(
                holder.name(),
                now,
                _ -> new Chronicle.Verdict<>(verdict, verdict.events(), verdict.change()));
  }
}
