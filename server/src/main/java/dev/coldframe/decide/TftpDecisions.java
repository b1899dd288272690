package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import dev.coldframe.wire.tftp.TftpError;
import dev.coldframe.wire.tftp.TftpMessage;
import java.util.List;
import java.util.Optional;

/// What a packet that belongs to no transfer is answered. Rules are tried in the order of [#RULES];
/// the first that knows answers. A missing file is an error at once: silence costs a loader 30 s.
public final class TftpDecisions {
  private static final String NOT_FOUND = "File not found";
  private static final int WELL_KNOWN_PORT = 69;

  /// Which way a packet came.
  ///
  /// @param source who sent it
  /// @param sourcePort from which port
  /// @param destination the address it was sent to
  /// @param servicePort the port on which requests are heard
  /// @param mtuBytes largest IP packet to the sender
  public record Way(Ip4 source, int sourcePort, Ip4 destination, int servicePort, int mtuBytes) {}

  private record Known(TftpMessage message, Way way, Caller caller, World world) {}

  @FunctionalInterface
  private interface Rule {
    /// Empty: not mine.
    Optional<TftpOutcome> answer(Known known);
  }

  private static final List<Rule> RULES =
      List.of(
          TftpDecisions::outside,
          TftpDecisions::toMany,
          TftpDecisions::fromService,
          TftpDecisions::malformed,
          TftpDecisions::noRequest,
          TftpDecisions::write,
          TftpDecisions::mode,
          TftpDecisions::read);

  private TftpDecisions() {}

  /// Decides.
  ///
  /// @param caller who speaks from the source
  public static TftpOutcome decide(TftpMessage message, Way way, Caller caller, World world) {
    Known known = new Known(message, way, caller, world);
    for (Rule rule : RULES) {
      Optional<TftpOutcome> outcome = rule.answer(known);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    return new TftpOutcome.Ignore("no rule knows the packet");
  }

  private static Optional<TftpOutcome> outside(Known known) {
    return known.caller() instanceof Caller.Outside
        ? ignore("source outside the served networks")
        : Optional.empty();
  }

  /// A TFTP request to a broadcast address is not answered (RFC 1123, section 4.2.3.6).
  private static Optional<TftpOutcome> toMany(Known known) {
    Ip4 to = known.way().destination();
    boolean many =
        to.isMulticast()
            || to.bits() >>> 28 == 0xf
            || known.world().site().networks().stream()
                .anyMatch(n -> n.subnet().contains(to) && !n.subnet().isHost(to));
    return many ? ignore("request to a broadcast or multicast address") : Optional.empty();
  }

  /// Two servers must not be made to talk to each other.
  private static Optional<TftpOutcome> fromService(Known known) {
    int port = known.way().sourcePort();
    Ip4 source = known.way().source();
    if (port == 0 || port == WELL_KNOWN_PORT || port == known.way().servicePort()) {
      return ignore("source port is a server's");
    }
    return source.equals(known.way().destination()) && !source.isLoopback()
        ? ignore("source is our own address")
        : Optional.empty();
  }

  private static Optional<TftpOutcome> malformed(Known known) {
    return known.message() instanceof TftpMessage.Malformed(String defect, boolean request)
        ? request
            ? refuse(TftpError.ILLEGAL_OPERATION, "Malformed request", defect)
            : ignore(defect)
        : Optional.empty();
  }

  private static Optional<TftpOutcome> noRequest(Known known) {
    return known.message() instanceof TftpMessage.Request
        ? Optional.empty()
        : ignore("not a request");
  }

  private static Optional<TftpOutcome> write(Known known) {
    return known.message() instanceof TftpMessage.Wrq
        ? refuse(TftpError.ACCESS_VIOLATION, "Nothing is written here", "write request")
        : Optional.empty();
  }

  private static Optional<TftpOutcome> mode(Known known) {
    return known.message() instanceof TftpMessage.Rrq(_, String mode, _)
            && !isText(mode)
            && !mode.equalsIgnoreCase("octet")
        ? refuse(TftpError.ILLEGAL_OPERATION, "Mode is not octet", "mode is not octet")
        : Optional.empty();
  }

  private static boolean isText(String mode) {
    return mode.equalsIgnoreCase("netascii");
  }

  private static Optional<TftpOutcome> read(Known known) {
    if (!(known.message() instanceof TftpMessage.Rrq request)) {
      return Optional.empty();
    }
    return switch (BootPaths.of(request.name(), known.caller(), known.world())) {
      case BootPaths.Answer.Nothing(String reason) ->
          refuse(TftpError.FILE_NOT_FOUND, NOT_FOUND, reason);
      case BootPaths.Answer.Look(Viewer viewer, List<String> paths) -> {
        boolean text = isText(request.mode());
        Patience patience = Patience.with(known.caller(), request, known.world().quirks());
        TftpOptions options = TftpOptions.of(request.options(), mtu(known), !text);
        yield Optional.of(new TftpOutcome.Transfer(viewer, paths, options, patience, text));
      }
    };
  }

  /// The answer when a boot tree has none of the paths.
  public static TftpOutcome.Refuse missing() {
    return new TftpOutcome.Refuse(TftpError.FILE_NOT_FOUND, NOT_FOUND, "no such file");
  }

  /// The answer when a file is there and cannot be read.
  public static TftpOutcome.Refuse unreadable() {
    return new TftpOutcome.Refuse(TftpError.NOT_DEFINED, "File cannot be read", "file unreadable");
  }

  /// The answer when a file is too long to be converted to text.
  public static TftpOutcome.Refuse tooLongForText() {
    return new TftpOutcome.Refuse(
        TftpError.NOT_DEFINED, "File is too long for netascii, use octet", "too long for netascii");
  }

  private static int mtu(Known known) {
    int link = known.way().mtuBytes();
    return network(known).map(n -> Math.min(n.mtu().orElse(link), link)).orElse(link);
  }

  private static Optional<Network> network(Known known) {
    return known.world().networkOf(known.way().source());
  }

  private static Optional<TftpOutcome> refuse(int code, String text, String reason) {
    return Optional.of(new TftpOutcome.Refuse(code, text, reason));
  }

  private static Optional<TftpOutcome> ignore(String reason) {
    return Optional.of(new TftpOutcome.Ignore(reason));
  }
}
