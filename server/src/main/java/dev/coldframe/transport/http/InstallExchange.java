package dev.coldframe.transport.http;

import dev.coldframe.decide.HttpBootOutcome.Install;
import dev.coldframe.decide.InstallDecisions;
import dev.coldframe.decide.InstallDecisions.Looked;
import dev.coldframe.decide.InstallOutcome;
import dev.coldframe.decide.InstallPlan;
import dev.coldframe.decide.JourneyDecisions;
import dev.coldframe.disk.WritePlan;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Permit;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.image.StoredImage;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Installs;
import dev.coldframe.transport.content.PreparedInstall;
import dev.coldframe.transport.content.Seeds;
import dev.coldframe.wire.install.InstallerText;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An installer's requests: it shows its disks, asks for the plan, fetches what the plan names. All
/// of it runs on a virtual thread; answers leave on the connection's own loop.
final class InstallExchange {
  private static final Logger LOG = LoggerFactory.getLogger(InstallExchange.class);

  /// How often progress is journalled, in parts of the whole.
  private static final int PROGRESS_STEPS = 20;

  private final BootPlane plane;
  private final Exchange exchange;
  private final Node node;
  private final String token;
  private final Instant now;

  /// @param token as it was presented
  InstallExchange(BootPlane plane, Exchange exchange, Node node, String token) {
    this.plane = plane;
    this.exchange = exchange;
    this.node = node;
    this.token = token;
    this.now = plane.clock().instant();
  }

  /// Answers.
  ///
  /// @param body what the installer sent
  void answer(Install.Part part, String body) {
    plane
        .blocking()
        .execute(() -> {
          try {
            act(part, body);
          } catch (IOException | RuntimeException e) {
            LOG.error("an install cannot go on node={}", node.name(), e);
            exchange.onLoop(() -> exchange.status(500));
          }
        });
  }

  private void act(Install.Part part, String body) throws IOException {
    if (JourneyExchange.opens(plane, node, token) && !HeldInstall.take(plane, exchange, node)) {
      return;
    }
    switch (part) {
      case Install.Disks() -> disks(body);
      case Install.Sectors() -> sectors(body);
      case Install.Plan() -> plan();
      case Install.Chunk(int number) -> chunks(number, 1, install -> install.chunk(number));
      case Install.Run(int first, int count) ->
          chunks(first, count, install -> install.run(first, count));
      case Install.Head() -> head();
      case Install.Root() -> root();
    }
  }

  private String hash() {
    return JourneyExchange.hash(token);
  }

  private JourneyDecisions.Asked asked() {
    World world = plane.world().get();
    return new JourneyDecisions.Asked(
        node, exchange.source(), now, world.trusts(node), world.cutOff());
  }

  private JourneyDecisions.Verdict decide(Function<BootState, JourneyDecisions.Verdict> decision) {
    return plane
        .chronicle()
        .decide(
            node.name(),
            now,
            state -> {
              JourneyDecisions.Verdict verdict = decision.apply(state);
              return new Chronicle.Verdict<>(verdict, verdict.events(), verdict.change());
            });
  }

  /// Whether the token opens anything; answers where it does not.
  private boolean opens() {
    JourneyDecisions.Verdict verdict =
        decide(state -> JourneyDecisions.use(hash(), state, asked()));
    if (!verdict.granted()) {
      refuse(verdict);
    }
    return verdict.granted();
  }

  private void refuse(JourneyDecisions.Verdict verdict) {
    if (verdict.mustWait()) {
      HeldInstall.refuse(plane, exchange, node, new InstallJobs.Refusal(false, verdict.reason()));
      return;
    }
    plane.counters().count("http", "token refused");
    if (verdict.isUnknownToken()) {
      StrayToken.seen(plane, exchange, token, now);
    }
    exchange.onLoop(() -> exchange.status(verdict.status()));
  }

  private BootState state() {
    return plane.chronicle().state(node.name(), now);
  }

  private void disks(String body) {
    Optional<List<InstallerText.DiskLine>> disks = InstallerText.disks(body);
    if (disks.isEmpty()) {
      exchange.onLoop(() -> exchange.status(400));
    } else if (opens()) {
      plane.desk().disks(node.name(), hash(), disks.get());
      next();
    }
  }

  private void sectors(String body) {
    Optional<InstallerText.Shown> shown = InstallerText.sectors(body);
    if (shown.isEmpty()) {
      exchange.onLoop(() -> exchange.status(400));
    } else if (opens()) {
      if (plane.desk().sectors(node.name(), hash(), shown.get())) {
        next();
      } else {
        text("again\n");
      }
    }
  }

  /// Tells the installer what comes next.
  private void next() {
    World world = plane.world().get();
    Optional<OsImage> image = world.imageOf(node);
    Optional<StoredImage> stored = image.flatMap(plane.installs()::image);
    if (image.isEmpty() || stored.isEmpty()) {
      text(new InstallOutcome.Refuse("its image has not been imported", Optional.empty()).text());
      return;
    }
    var write =
        new InstallDecisions.Image(
            image.get().name(), image.get().sha256(), stored.get().content().sizeBytes());
    var asked = new InstallDecisions.Asked(node, write, world.arm(node, now), world.cutOff(), now);
    List<Looked> looked = plane.desk().looked(node.name(), hash());
    List<Disk> disks = looked.stream().map(Looked::disk).toList();
    String said = plane.desk().said(node.name(), hash());
    boolean able =
        !(InstallDecisions.decide(looked, state(), asked) instanceof InstallOutcome.Write)
            || canPrepare(image.get());
    InstallOutcome outcome =
        plane
            .chronicle()
            .decide(
                node.name(),
                now,
                state -> {
                  InstallOutcome decided =
                      InstallDecisions.decide(looked, state, asked).onlyIf(able);
                  var verdict = InstallDecisions.verdict(decided, disks, state, asked, said);
                  return new Chronicle.Verdict<>(decided, verdict.events(), verdict.change());
                });
    if (outcome instanceof InstallOutcome.Refuse(String reason, _)) {
      plane.desk().say(node.name(), hash(), reason);
    }
    text(outcome.text());
  }

  /// Puts the install together before it is permitted: a node whose files cannot be rendered, or
  /// whose image leaves no room, keeps what it has.
  private boolean canPrepare(OsImage image) {
    BootState state = state();
    String install = state.journey().map(Journey::install).orElse("");
    var context = JourneyExchange.context(plane, exchange, node, state, token);
    try {
      plane.installs().prepared(new Installs.Job(node, image, install, context));
      return true;
    } catch (IOException e) {
      LOG.error("an install cannot be put together node={}", node.name(), e);
      return false;
    }
  }

  /// The install that this token is for, while it may be written; answers where it may not.
  ///
  /// @param begins whether nothing has been written before this
  private Optional<Installs.Job> job(boolean begins) {
    BootState state = state();
    Optional<String> refusal = InstallDecisions.mayWrite(state, begins, now);
    Optional<Journey> journey = state.journey();
    Optional<OsImage> image =
        plane
            .world()
            .get()
            .imageOf(node)
            .filter(i ->
                journey
                    .flatMap(Journey::permit)
                    .filter(p -> p.image().equals(i.sha256()))
                    .isPresent());
    if (refusal.isPresent() || image.isEmpty() || journey.isEmpty()) {
      exchange.onLoop(() ->
          exchange.body(
              HttpResponseStatus.CONFLICT,
              Bytes.of(
                  refusal.orElse("the image is another one now") + "\n", StandardCharsets.UTF_8),
              "text/plain; charset=utf-8"));
      return Optional.empty();
    }
    Seeds.Context context = JourneyExchange.context(plane, exchange, node, state, token);
    return Optional.of(new Installs.Job(node, image.get(), journey.get().install(), context));
  }

  private void plan() throws IOException {
    Optional<Installs.Job> job = opens() ? job(true) : Optional.empty();
    if (job.isEmpty()) {
      return;
    }
    BootState state = state();
    Permit permit = state.journey().flatMap(Journey::permit).orElseThrow();
    long diskBytes =
        state.disks().stream()
            .filter(disk -> disk.device().equals(permit.device()))
            .mapToLong(Disk::sizeBytes)
            .findFirst()
            .orElseThrow();
    PreparedInstall prepared = plane.installs().prepared(job.get());
    text(
        InstallPlan.text(
            prepared.plan(),
            permit,
            diskBytes,
            plane.installs().mark(job.get()),
            node.profile().install().verify()));
    plane.installs().makeRootAhead(job.get());
  }

  /// Finds what is sent.
  private interface Finder {
    Optional<Content> in(PreparedInstall install) throws IOException;
  }

  private void chunks(int first, int count, Finder finder) throws IOException {
    Optional<Installs.Job> job = opens() ? job(false) : Optional.empty();
    if (job.isEmpty()) {
      return;
    }
    PreparedInstall prepared = plane.installs().prepared(job.get());
    Optional<Content> content = finder.in(prepared);
    exchange.onLoop(() -> {
      if (content.isEmpty()) {
        exchange.status(404);
      } else {
        exchange.content(content.get(), (_, _) -> progress(prepared.plan(), first, count));
      }
    });
  }

  /// Every twentieth part is a line in the journal.
  private void progress(WritePlan plan, int first, int count) {
    int all = plan.chunks().size();
    int before = first * PROGRESS_STEPS / all;
    int after = (first + count) * PROGRESS_STEPS / all;
    for (int i = 0; i < count; i++) {
      plane.counters().count("http", "image chunk served");
    }
    if (after > before) {
      WritePlan.Chunk chunk = plan.chunks().get(first + count - 1);
      plane
          .chronicle()
          .record(
              JournalEvent.of(
                  now,
                  node.name(),
                  EventType.INSTALL_PROGRESS,
                  "bytes",
                  Long.toString(chunk.at() + chunk.length()),
                  "of",
                  Long.toString(plan.sizeBytes())));
    }
  }

  private void head() throws IOException {
    Optional<Installs.Job> job = opens() ? job(false) : Optional.empty();
    if (job.isPresent()) {
      Content head = plane.installs().prepared(job.get()).head();
      exchange.onLoop(() -> exchange.content(head, (_, _) -> {}));
    }
  }

  private void root() throws IOException {
    JourneyDecisions.Verdict verdict =
        decide(state -> JourneyDecisions.release(hash(), Journey.ROOT, state, asked()));
    if (!verdict.granted()) {
      refuse(verdict);
      return;
    }
    Optional<Installs.Job> job = job(false);
    if (job.isPresent()) {
      Bytes archive = plane.installs().root(job.get());
      exchange.onLoop(() ->
          exchange.once(
              archive,
              "application/x-tar",
              () -> decide(_ -> JourneyDecisions.released(Journey.ROOT, asked()))));
    }
  }

  private void text(String text) {
    exchange.onLoop(() ->
        exchange.body(
            HttpResponseStatus.OK,
            Bytes.of(text, StandardCharsets.US_ASCII),
            "text/plain; charset=us-ascii"));
  }
}
