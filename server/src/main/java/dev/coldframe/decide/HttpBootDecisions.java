package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a request on the boot plane is about. Rules are tried in the order of [#RULES]; the first
/// that knows the path answers (architecture, section 9).
public final class HttpBootDecisions {
  /// The seed files: those of cloud-init's NoCloud source, and the marker files that older images
  /// read from their boot partition.
  public static final Set<String> SEEDS =
      Set.of("meta-data", "user-data", "vendor-data", "network-config", "userconf.txt", "ssh");

  private static final String OURS = "/-/";

  private static final Map<String, HttpBootOutcome.Install.Part> INSTALL_PARTS =
      Map.of(
          "disks", new HttpBootOutcome.Install.Disks(),
          "sectors", new HttpBootOutcome.Install.Sectors(),
          "plan", new HttpBootOutcome.Install.Plan(),
          "root", new HttpBootOutcome.Install.Root(),
          "head", new HttpBootOutcome.Install.Head());

  /// A request without its body.
  ///
  /// @param method as sent
  /// @param target the request target as sent
  public record Request(String method, String target) {
    boolean reads() {
      return method.equals("GET") || method.equals("HEAD");
    }
  }

  @FunctionalInterface
  private interface Rule {
    /// Empty: not mine.
    Optional<HttpBootOutcome> answer(Request request, Caller caller, World world);
  }

  private static final List<Rule> RULES =
      List.of(
          HttpBootDecisions::outside,
          HttpBootDecisions::notAPath,
          HttpBootDecisions::hello,
          HttpBootDecisions::seed,
          HttpBootDecisions::install,
          HttpBootDecisions::report,
          HttpBootDecisions::health,
          HttpBootDecisions::image,
          HttpBootDecisions::bootTree,
          HttpBootDecisions::unknownOfOurs,
          HttpBootDecisions::ownTree);

  private HttpBootDecisions() {}

  /// Decides what is done with a request.
  public static HttpBootOutcome decide(Request request, Caller caller, World world) {
    for (Rule rule : RULES) {
      Optional<HttpBootOutcome> outcome = rule.answer(request, caller, world);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    return notFound("no rule knows the path");
  }

  private static Optional<HttpBootOutcome> outside(Request request, Caller caller, World world) {
    return caller instanceof Caller.Outside
        ? Optional.of(new HttpBootOutcome.Ignore("source outside the served networks"))
        : Optional.empty();
  }

  /// Absolute-form and asterisk-form targets, queries and escapes name nothing of ours.
  private static Optional<HttpBootOutcome> notAPath(Request request, Caller caller, World world) {
    String target = request.target();
    boolean plain =
        target.startsWith("/")
            && target.indexOf('%') < 0
            && target.indexOf('?') < 0
            && target.indexOf('#') < 0;
    return plain ? Optional.empty() : Optional.of(notFound("not a plain path"));
  }

  private static Optional<HttpBootOutcome> hello(Request request, Caller caller, World world) {
    if (!request.target().equals("/-/hello")) {
      return Optional.empty();
    }
    if (!request.method().equals("POST")) {
      return Optional.of(new HttpBootOutcome.Refuse(405, "hello is a POST"));
    }
    return Optional.of(
        switch (caller) {
          case Caller.OfNode(Node node, _) -> new HttpBootOutcome.Hello(node);
          case Caller.Stranger _, Caller.Beyond _, Caller.Outside _ ->
              new HttpBootOutcome.Refuse(403, "the caller is no node");
        });
  }

  private static Optional<HttpBootOutcome> seed(Request request, Caller caller, World world) {
    List<String> parts = below("/-/seed/", request.target());
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    if (parts.size() != 2 || !SEEDS.contains(parts.get(1))) {
      return Optional.of(notFound("no such seed file"));
    }
    if (!request.reads()) {
      return Optional.of(new HttpBootOutcome.Refuse(405, "seed files are read"));
    }
    return Optional.of(new HttpBootOutcome.Seed(parts.get(0), parts.get(1)));
  }

  private static Optional<HttpBootOutcome> install(Request request, Caller caller, World world) {
    List<String> parts = below("/-/install/", request.target());
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    Optional<HttpBootOutcome.Install.Part> part = parts.size() < 2 ? Optional.empty() : part(parts);
    if (part.isEmpty()) {
      return Optional.of(notFound("no such part of an install"));
    }
    boolean sends = part.get().sends();
    if (sends ? !request.method().equals("POST") : !request.method().equals("GET")) {
      return Optional.of(new HttpBootOutcome.Refuse(405, "another method"));
    }
    return Optional.of(new HttpBootOutcome.Install(parts.getFirst(), part.get()));
  }

  private static Optional<HttpBootOutcome.Install.Part> part(List<String> parts) {
    if (parts.size() == 3 && parts.get(1).equals("chunk") && parts.get(2).matches("[0-9]{1,7}")) {
      return Optional.of(new HttpBootOutcome.Install.Chunk(Integer.parseInt(parts.get(2))));
    }
    if (parts.size() == 4
        && parts.get(1).equals("run")
        && parts.get(2).matches("[0-9]{1,7}")
        && parts.get(3).matches("[0-9]{1,2}")) {
      return Optional.of(
          new HttpBootOutcome.Install.Run(
              Integer.parseInt(parts.get(2)), Integer.parseInt(parts.get(3))));
    }
    return parts.size() == 2
        ? Optional.ofNullable(INSTALL_PARTS.get(parts.get(1)))
        : Optional.empty();
  }

  private static Optional<HttpBootOutcome> report(Request request, Caller caller, World world) {
    List<String> parts = below("/-/report/", request.target());
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(posted(request, parts, new HttpBootOutcome.Report(parts.getFirst())));
  }

  private static Optional<HttpBootOutcome> health(Request request, Caller caller, World world) {
    List<String> parts = below("/-/health/", request.target());
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(posted(request, parts, new HttpBootOutcome.Health(parts.getFirst())));
  }

  /// Another appliance has an address in a served network, and no node's.
  private static Optional<HttpBootOutcome> image(Request request, Caller caller, World world) {
    List<String> parts = below("/-/image/", request.target());
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    if (parts.size() != 2 || !parts.getFirst().matches("[0-9a-f]{64}")) {
      return Optional.of(notFound("no such image"));
    }
    if (!(caller instanceof Caller.Stranger)) {
      return Optional.of(new HttpBootOutcome.Refuse(403, "the caller is no appliance"));
    }
    return Optional.of(
        request.reads()
            ? new HttpBootOutcome.Image(parts.getFirst(), parts.get(1))
            : new HttpBootOutcome.Refuse(405, "images are read"));
  }

  private static HttpBootOutcome posted(
      Request request, List<String> parts, HttpBootOutcome outcome) {
    if (parts.size() != 1) {
      return notFound("no such report");
    }
    return request.method().equals("POST")
        ? outcome
        : new HttpBootOutcome.Refuse(405, "a report is a POST");
  }

  private static List<String> below(String prefix, String target) {
    return target.startsWith(prefix)
        ? List.of(target.substring(prefix.length()).split("/", -1))
        : List.of();
  }

  /// `/-/boot/<id>/<path>`: the caller's own tree under a name that it knows itself by; anybody
  /// else's is not found.
  private static Optional<HttpBootOutcome> bootTree(Request request, Caller caller, World world) {
    String prefix = "/-/boot/";
    if (!request.target().startsWith(prefix)) {
      return Optional.empty();
    }
    String rest = request.target().substring(prefix.length());
    int slash = rest.indexOf('/');
    if (slash <= 0 || !(caller instanceof Caller.OfNode(Node node, _))) {
      return Optional.of(notFound("no such boot tree"));
    }
    return Optional.of(
        BootPaths.names(node, rest.substring(0, slash))
            ? file(request, rest.substring(slash + 1), caller, world)
            : notFound("another node's boot tree"));
  }

  private static Optional<HttpBootOutcome> unknownOfOurs(
      Request request, Caller caller, World world) {
    return request.target().startsWith(OURS)
        ? Optional.of(notFound("nothing of that name"))
        : Optional.empty();
  }

  private static Optional<HttpBootOutcome> ownTree(Request request, Caller caller, World world) {
    return Optional.of(file(request, request.target(), caller, world));
  }

  private static HttpBootOutcome file(Request request, String path, Caller caller, World world) {
    return switch (BootPaths.of(path, caller, world)) {
      case BootPaths.Answer.Nothing(String reason) -> notFound(reason);
      case BootPaths.Answer.Look(Viewer viewer, List<String> paths) ->
          request.reads()
              ? new HttpBootOutcome.ServeFile(viewer, paths)
              : new HttpBootOutcome.Refuse(405, "boot files are read");
    };
  }

  private static HttpBootOutcome notFound(String reason) {
    return new HttpBootOutcome.Refuse(404, reason);
  }
}
