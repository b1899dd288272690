package dev.coldframe.transport.http;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.transport.BootPlane;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an installer asks for is answered by the one appliance that installs the node (row A-05).
/// Where that is known, nothing waits; else the others are asked on a thread that may block. An
/// installer that is refused asks again every few seconds.
final class HeldInstall {
  private static final Logger LOG = LoggerFactory.getLogger(HeldInstall.class);

  private HeldInstall() {}

  /// Goes on once the install is this appliance's; answers where it is not.
  ///
  /// @param then runs on the connection's loop
  static void then(BootPlane plane, Exchange exchange, Node node, Runnable then) {
    if (plane.jobs().holds(node.name())) {
      then.run();
      return;
    }
    plane
        .blocking()
        .execute(() -> {
          try {
            if (take(plane, exchange, node)) {
              exchange.onLoop(() -> goOn(plane, exchange, node, then));
            }
          } catch (RuntimeException e) {
            LOG.error("whose install it is cannot be found out node={}", node.name(), e);
            exchange.onLoop(() -> exchange.status(500));
          }
        });
  }

  /// On the loop, a moment after the install was taken.
  private static void goOn(BootPlane plane, Exchange exchange, Node node, Runnable then) {
    if (plane.jobs().holds(node.name())) {
      then.run();
    } else {
      refuse(
          plane, exchange, node, new InstallJobs.Refusal(false, "it was given up at that moment"));
    }
  }

  /// Whether the install is this appliance's; answers where it is not. Blocks.
  static boolean take(BootPlane plane, Exchange exchange, Node node) {
    if (plane.jobs().holds(node.name())) {
      return true;
    }
    Optional<InstallJobs.Refusal> refusal = plane.jobs().take(node.name());
    refusal.ifPresent(why -> refuse(plane, exchange, node, why));
    return refusal.isEmpty();
  }

  /// Answers that it must be asked again later, and tells the journal why, now and then.
  static void refuse(BootPlane plane, Exchange exchange, Node node, InstallJobs.Refusal why) {
    Instant now = plane.clock().instant();
    plane
        .counters()
        .count("http", why.elsewhere() ? "install held elsewhere" : "install cannot be held");
    if (plane.desk().tells(node.name(), now)) {
      plane
          .chronicle()
          .record(
              JournalEvent.of(now, node.name(), EventType.INSTALL_REFUSED, "reason", why.reason()));
    }
    exchange.onLoop(() ->
        exchange.body(
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            Bytes.of(why.reason() + "\n", StandardCharsets.UTF_8),
            "text/plain; charset=utf-8"));
  }
}
