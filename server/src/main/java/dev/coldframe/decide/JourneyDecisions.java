package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.BootState;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Staging;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Who may hold a journey token, and what it opens (architecture, section 6; rows L-02, L-03,
/// L-11).
public final class JourneyDecisions {
  private static final Set<String> REPORT_FIELDS =
      Set.of(
          "stage",
          "result",
          "reason",
          "config",
          "sshd",
          "clock",
          "address",
          "temperature",
          "throttled",
          "wear",
          "kernel",
          "os",
          "upgrade",
          "storage",
          "kubernetes",
          "scripts",
          "disks",
          "ntp",
          "offset",
          EepromUpdate.BOOTLOADER,
          EepromUpdate.SETTINGS);

  private static final int FIELD_CHARS = 200;
  private static final String UNKNOWN_TOKEN = "unknown token";

  private JourneyDecisions() {}

  /// A decision about a node's journey.
  ///
  /// @param status the HTTP status: 200, 204, 403, 409 or 503
  /// @param reason why it is refused, or empty
  /// @param events what it leaves in the journal
  /// @param change what else it does to the node's state
  public record Verdict(
      int status, String reason, List<JournalEvent> events, UnaryOperator<BootState> change) {
    /// Whether the node gets what it asked for.
    public boolean granted() {
      return status < 300;
    }

    /// Whether the same may be asked again later.
    public boolean mustWait() {
      return status == 503;
    }

    /// Whether the token is not the node's, and may be another's.
    public boolean isUnknownToken() {
      return reason.equals(UNKNOWN_TOKEN);
    }
  }

  /// What an installer says of itself.
  public record Hello(Optional<Serial> serial, Optional<MacAddress> mac) {}

  /// What an installer that is let in would get.
  ///
  /// @param tokenHash the hash of its token
  /// @param install names a new install; one that was cut goes on under its own
  /// @param tokenLife how long the token lives at most
  public record Minted(String tokenHash, String install, Duration tokenLife) {}

  /// Where and when something was asked.
  ///
  /// @param node the node that the source address belongs to
  /// @param address the source address
  /// @param now the time
  /// @param trusted whether the node's secrets may be released at all
  /// @param cutOff whether other appliances do not hear now what is decided here
  public record Asked(
      Node node, Ip4 address, Instant now, boolean trusted, Optional<CutOff> cutOff) {}

  /// Whether an installer is let in.
  ///
  /// @param state where the node stands
  /// @param minted what it would get
  public static Verdict hello(Hello hello, BootState state, Asked asked, Minted minted) {
    Optional<String> refusal = helloRefusal(hello, state, asked);
    if (refusal.isPresent()) {
      return refuse(refusal.get(), asked, true);
    }
    Installation installation = state.installation();
    boolean cut = installation.stage() == Installation.Stage.WRITING;
    Journey journey =
        Journey.begin(
            minted.tokenHash(),
            asked.address(),
            asked.now(),
            minted.tokenLife(),
            cut ? installation.id() : minted.install(),
            state.journey().map(j -> j.left(asked.now())).orElse(""));
    JournalEvent event =
        JournalEvent.of(
            asked.now(),
            asked.node().name(),
            EventType.HELLO,
            "address",
            asked.address().toString());
    return new Verdict(200, "", List.of(event), before -> before.withInstall(journey));
  }

  /// Whether an installer can be let in at all, as far as an appliance knows that does not hold the
  /// install. An unfit hello takes no install from another one, and freezes a token wherever it is
  /// said. What was seen of the boot counts only where what others saw is known.
  ///
  /// @param state where the node stands, as far as is known here
  public static Verdict mayAsk(Hello hello, BootState state, Asked asked) {
    Optional<String> refusal =
        asked.cutOff().isPresent() ? unfit(hello, state, asked) : helloRefusal(hello, state, asked);
    return refusal
        .map(reason -> refuse(reason, asked, true))
        .orElseGet(() -> new Verdict(200, "", List.of(), UnaryOperator.identity()));
  }

  private static Optional<String> helloRefusal(Hello hello, BootState state, Asked asked) {
    return unfit(hello, state, asked).or(() -> unseen(hello, state, asked.node()));
  }

  private static Optional<String> unfit(Hello hello, BootState state, Asked asked) {
    Node node = asked.node();
    if (node.profile().boot() != Profile.Boot.INSTALL) {
      return Optional.of("the node's profile installs nothing");
    }
    if (!asked.trusted()) {
      return Optional.of("adopted by rule, its secrets wait for the operator");
    }
    if (hello.mac().isEmpty() && hello.serial().isEmpty()) {
      return Optional.of("the hello names no board");
    }
    if (state.journey().filter(j -> j.aliveAt(asked.now())).isPresent()) {
      return Optional.of("second hello");
    }
    return Optional.empty();
  }

  private static Optional<String> unseen(Hello hello, BootState state, Node node) {
    if (state.phase() != Phase.BOOTING || !state.dhcpSeen() || state.filesServed() == 0) {
      return Optional.of("no boot of this node was seen");
    }
    if (!sameBoard(hello, node, state)) {
      return Optional.of("the hello names another board");
    }
    return Optional.empty();
  }

  /// Each identifier in the hello must be the node's, by inventory or as it was seen in this boot.
  private static boolean sameBoard(Hello hello, Node node, BootState state) {
    Map<String, String> facts = state.facts();
    boolean mac =
        hello
            .mac()
            .map(m -> node.identity().macs().contains(m) || m.toString().equals(facts.get("mac")))
            .orElse(true);
    boolean serial =
        hello
            .serial()
            .map(s ->
                node.identity().serials().stream().anyMatch(s::matches)
                    || Serial.tryParse(facts.getOrDefault("serial", ""))
                        .filter(s::matches)
                        .isPresent()
                    || (node.identity().serials().isEmpty() && !facts.containsKey("serial")))
            .orElse(true);
    return mac && serial;
  }

  /// Whether a token opens what may be asked for again and again.
  ///
  /// @param tokenHash hash of the token presented
  public static Verdict use(String tokenHash, BootState state, Asked asked) {
    return tokenRefusal(tokenHash, state, asked)
        .map(reason -> refuse(reason, asked, true))
        .orElseGet(() -> new Verdict(200, "", List.of(), UnaryOperator.identity()));
  }

  /// Whether a token opens a secret resource. Where several appliances share their state, none
  /// releases anything that the others would not hear of: one that takes the install over would
  /// release it once more, or to a token that was frozen meanwhile.
  ///
  /// @param tokenHash hash of the token presented
  /// @param resource the resource's name
  public static Verdict release(String tokenHash, String resource, BootState state, Asked asked) {
    Optional<String> refusal = tokenRefusal(tokenHash, state, asked);
    if (refusal.isPresent()) {
      return refuse(refusal.get(), asked, true);
    }
    if (!state.journey().orElseThrow().mayRelease(resource, asked.now())) {
      return refuse(resource + " was already released", asked, true);
    }
    if (asked.cutOff().isPresent()) {
      String reason = "nothing secret is released: " + asked.cutOff().get().refusal();
      return new Verdict(503, reason, List.of(), UnaryOperator.identity());
    }
    return new Verdict(200, "", List.of(), UnaryOperator.identity());
  }

  /// What a complete transfer of a secret resource leaves behind.
  public static Verdict released(String resource, Asked asked) {
    JournalEvent event =
        JournalEvent.of(asked.now(), asked.node().name(), EventType.SEED_SERVED, "name", resource);
    return new Verdict(
        200,
        "",
        List.of(event),
        state ->
            state
                .journey()
                .map(j -> state.withJourney(j.withReleased(resource, asked.now())))
                .orElse(state));
  }

  /// Whether a report counts.
  ///
  /// @param fields what the node reports; unknown names are left out, long values cut
  public static Verdict report(
      String tokenHash, Map<String, String> fields, BootState state, Asked asked) {
    Optional<String> refusal = tokenRefusal(tokenHash, state, asked);
    if (refusal.isPresent()) {
      return refuse(refusal.get(), asked, true);
    }
    Map<String, String> kept = kept(fields);
    if (asked.node().profile().ssh().enabled()) {
      // A node that should have sshd cannot excuse itself.
      kept.replace("sshd", "off", "false");
    }
    JournalEvent event =
        new JournalEvent(asked.now(), asked.node().name(), EventType.REPORTED, kept);
    if (claimsInstalled(kept) && !isInstalling(asked.node(), state)) {
      return new Verdict(
          409,
          "no disk was to be written",
          List.of(refusal("done without a permit", asked)),
          UnaryOperator.identity());
    }
    boolean claimsReady = "ready".equals(kept.get("stage")) && "done".equals(kept.get("result"));
    Optional<String> lacking = claimsReady ? Lifecycle.readiness(kept) : Optional.empty();
    return new Verdict(
        lacking.isPresent() ? 409 : 204,
        lacking.orElse(""),
        List.of(event),
        UnaryOperator.identity());
  }

  /// Whether a report of a node that is up counts: its health, or how its upgrade went. The key
  /// opens nothing else and lives as long as the install.
  ///
  /// @param presented the key in the request
  /// @param expected the node's own
  public static Verdict health(
      String presented, String expected, Map<String, String> fields, BootState state, Asked asked) {
    if (!equal(presented, expected)) {
      return refuse("unknown health key", asked, false);
    }
    Map<String, String> kept = kept(fields);
    // A node that is up cannot say that it failed: others on it may read the key.
    kept.keySet().removeAll(List.of("result", "reason"));
    if (!"upgrade".equals(kept.get("stage"))) {
      String node = asked.node().name();
      List<JournalEvent> follows =
          Stream.concat(
                  Staging.heard(node, state, asked.now()).stream(),
                  EepromUpdate.heard(node, state, kept, asked.now()).stream())
              .toList();
      return new Verdict(204, "", follows, then -> Lifecycle.health(then, kept));
    }
    JournalEvent event =
        new JournalEvent(asked.now(), asked.node().name(), EventType.REPORTED, kept);
    return new Verdict(204, "", List.of(event), UnaryOperator.identity());
  }

  /// What becomes of the node whose token came from an address that is not its own.
  ///
  /// @param asked its node; where and when the token was seen
  public static Verdict stray(Asked asked) {
    return refuse("token used from another address", asked, true);
  }

  /// What is known of a report; long values cut.
  private static Map<String, String> kept(Map<String, String> fields) {
    var out = new LinkedHashMap<String, String>();
    fields.forEach((name, value) -> {
      if (REPORT_FIELDS.contains(name)) {
        out.put(name, value.length() <= FIELD_CHARS ? value : value.substring(0, FIELD_CHARS));
      }
    });
    return out;
  }

  private static boolean claimsInstalled(Map<String, String> fields) {
    return "install".equals(fields.get("stage")) && "done".equals(fields.get("result"));
  }

  /// Without an image there is nothing to write: such a node sets itself up.
  private static boolean isInstalling(Node node, BootState state) {
    return !node.profile().writesDisk()
        || state.installation().stage() == Installation.Stage.WRITING
        || state.installation().stage() == Installation.Stage.WRITTEN;
  }

  private static Optional<String> tokenRefusal(String tokenHash, BootState state, Asked asked) {
    Optional<Journey> journey = state.journey();
    if (journey.isEmpty() || !equal(journey.get().tokenHash(), tokenHash)) {
      return Optional.of(UNKNOWN_TOKEN);
    }
    if (!journey.get().address().equals(asked.address())) {
      return Optional.of("token used from another address");
    }
    if (!journey.get().aliveAt(asked.now())) {
      return Optional.of("token used after its death");
    }
    return Optional.empty();
  }

  /// In constant time.
  private static boolean equal(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static Verdict refuse(String reason, Asked asked, boolean freeze) {
    JournalEvent event = refusal(reason, asked);
    UnaryOperator<BootState> change =
        state -> state.journey().map(j -> state.withJourney(j.end(reason))).orElse(state);
    return new Verdict(403, reason, List.of(event), freeze ? change : UnaryOperator.identity());
  }

  private static JournalEvent refusal(String reason, Asked asked) {
    return JournalEvent.of(
        asked.now(),
        asked.node().name(),
        EventType.TOKEN_REFUSED,
        "reason",
        reason,
        "address",
        asked.address().toString());
  }
}
