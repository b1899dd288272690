package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;

/// One DHCP exchange of one stage. Offers are collected in any order: the address and the boot
/// server may come from two servers (reference, sections 2.3, 2.4 and 2.6). Used once, by one
/// thread.
final class DhcpExchange {
  /// Nobody measured how fast is too fast; a pause of a second is known to be enough.
  private static final Duration DEAF = Duration.ofMillis(500);

  private static final int CLIENT_ID = 61;
  private static final int REQUESTED_ADDRESS = 50;
  private static final int CLIENT_UUID = 97;

  private final DhcpClient client;
  private final BoardSpec spec;
  private final Cable.DhcpPort port;
  private final Pace pace;
  private final Diary diary;
  private final int xid;
  private final SequencedSet<String> objections = new LinkedHashSet<>();
  private Optional<Bytes> held = Optional.empty();
  private long asked;
  private Optional<Reply> giving = Optional.empty();
  private Optional<Reply> booting = Optional.empty();

  DhcpExchange(DhcpClient client, Bench bench, RandomGenerator random) {
    this.client = client;
    this.spec = bench.spec();
    this.port = bench.port();
    this.pace = bench.pace();
    this.diary = bench.diary();
    this.xid = client.constantXid() ? client.discover().build().intAt(4) : random.nextInt();
  }

  /// Runs it.
  ///
  /// @throws BootFailure when the board gives up, or would go astray with what it got
  Lease run() throws IOException, InterruptedException, BootFailure {
    forgetTheStageBefore();
    Bytes discover = filled(client.discover()).build();
    for (Duration wait : client.waits()) {
      if (asked != 0) {
        diary.repeated();
      }
      port.broadcast(discover);
      asked = System.nanoTime();
      if (collected(deadline(wait))) {
        Reply offer = giving.orElseThrow();
        Reply last = client.request().isPresent() ? take(offer) : offer;
        return lease(offer, booting.orElseThrow(), last);
      }
    }
    throw new BootFailure(silence());
  }

  /// Each stage starts its network interface anew. Without that a Pi 3 would take a repeated OFFER
  /// of the stage before for its own, by the transaction id that never changes.
  private void forgetTheStageBefore() throws IOException, InterruptedException {
    Optional<Bytes> stale = port.receive(Duration.ZERO);
    while (stale.isPresent()) {
      stale = port.receive(Duration.ZERO);
    }
  }

  private Template filled(Template template) {
    Bytes identifier =
        client == DhcpClient.BOOTCODE
            ? Model.repeatedSerial(spec.serial())
            : spec.model().option97(spec.mac(), spec.serial());
    return template
        .xid(xid)
        .mac(spec.mac())
        .option(CLIENT_UUID, identifier)
        .option(CLIENT_ID, Bytes.parseHex("01" + spec.mac()));
  }

  private long deadline(Duration wait) {
    return System.nanoTime() + pace.of(wait).toNanos();
  }

  /// The next reply for this board and this exchange. Everything else on the wire is not for it.
  private Optional<Reply> next(long deadline) throws IOException, InterruptedException {
    while (true) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      Optional<Bytes> message = received(Duration.ofNanos(left));
      if (message.isEmpty()) {
        return Optional.empty();
      }
      Optional<Reply> reply = Reply.read(message.get());
      if (message.get().isEmpty() && isSlowToListen()) {
        continue;
      }
      if (message.get().isEmpty()) {
        objections.add("the only packet that came was held back until another one comes");
      } else if (reply.isEmpty()) {
        objections.add("a malformed reply came");
      } else if (reply.get().chaddr().equals(spec.mac()) && reply.get().xid() == xid) {
        return reply;
      }
    }
  }

  private boolean isSlowToListen() {
    return spec.model().isSlowToListen() && client == DhcpClient.ROM_3B;
  }

  /// What the network interface lets through.
  private Optional<Bytes> received(Duration patience) throws IOException, InterruptedException {
    Optional<Bytes> message = port.receive(patience);
    boolean early = System.nanoTime() - asked < pace.of(DEAF).toNanos();
    if (message.isPresent() && early && isSlowToListen()) {
      objections.add("the OFFER came too fast for this ROM");
      return Optional.of(Bytes.EMPTY);
    }
    if (!spec.model().holdsLastPacket() || !client.boots() || message.isEmpty()) {
      return message;
    }
    Optional<Bytes> before = held;
    held = message;
    return before.or(() -> Optional.of(Bytes.EMPTY));
  }

  private boolean collected(long deadline) throws IOException, InterruptedException {
    while (true) {
      Optional<Reply> reply = next(deadline);
      if (reply.isEmpty()) {
        return false;
      }
      if (reply.get().type() == Reply.OFFER) {
        consider(reply.get());
        if (giving.isPresent() && booting.isPresent()) {
          return true;
        }
      }
    }
  }

  private void consider(Reply offer) {
    Optional<Ip4> server = offer.address(Reply.SERVER_ID);
    if (server.isEmpty()) {
      objections.add("an OFFER has no option 54");
      return;
    }
    if (offer.yiaddr().isAssignable()) {
      giving = giving.or(() -> Optional.of(offer));
    } else {
      objections.add("the OFFER of " + server.get() + " gives no address");
    }
    BootMenu.objection(client.menu(), offer.option(Reply.VENDOR))
        .ifPresentOrElse(
            objection -> objections.add("the OFFER of " + server.get() + ": " + objection),
            () -> booting = booting.or(() -> Optional.of(offer)));
  }

  /// REQUEST until ACK.
  private Reply take(Reply offer) throws IOException, InterruptedException, BootFailure {
    Bytes server = offer.option(Reply.SERVER_ID).orElseThrow();
    Bytes request =
        filled(client.request().orElseThrow())
            .option(Reply.SERVER_ID, server)
            .option(REQUESTED_ADDRESS, address(offer.yiaddr()))
            .build();
    boolean again = false;
    for (Duration wait : client.waits()) {
      if (again) {
        diary.repeated();
      }
      again = true;
      port.broadcast(request);
      long deadline = deadline(wait);
      Optional<Reply> reply = next(deadline);
      while (reply.isPresent() && reply.get().type() == Reply.OFFER) {
        reply = next(deadline);
      }
      if (reply.isPresent()) {
        return acknowledged(offer, reply.get());
      }
    }
    throw new BootFailure(
        "the REQUEST of " + client.label() + " for " + offer.yiaddr() + " was not answered");
  }

  private Reply acknowledged(Reply offer, Reply reply) throws BootFailure {
    if (reply.type() != Reply.ACK) {
      throw new BootFailure("the REQUEST for " + offer.yiaddr() + " was answered NAK");
    }
    if (!reply.yiaddr().equals(offer.yiaddr())) {
      throw new BootFailure(
          "the ACK gives " + reply.yiaddr() + ", the OFFER gave " + offer.yiaddr());
    }
    return reply;
  }

  private static Bytes address(Ip4 address) {
    int bits = address.bits();
    return Bytes.of(bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255);
  }

  private Lease lease(Reply offer, Reply boot, Reply last) throws BootFailure {
    Ip4 server = offer.address(Reply.SERVER_ID).orElseThrow();
    Ip4 tftp = tftp(boot);
    for (Reply reply : List.of(boot, offer, last)) {
      diary.options(reply.options());
    }
    if (client.boots()) {
      if (!boot.siaddr().equals(Ip4.ANY) && !boot.siaddr().equals(tftp)) {
        diary.remark(
            "siaddr is "
                + boot.siaddr()
                + ", the files come from "
                + tftp
                + ": which of the two a board asks is not known for all firmware");
      }
      onLink(last.yiaddr(), tftp, offer);
    }
    diary.address(last.yiaddr(), client.label());
    return new Lease(last.yiaddr(), server, tftp);
  }

  /// The sender of the matching offer; on an EEPROM board option 66 goes before it.
  private Ip4 tftp(Reply boot) throws BootFailure {
    Ip4 sender = boot.address(Reply.SERVER_ID).orElseThrow();
    Optional<String> named =
        boot.option(Reply.TFTP_SERVER).map(v -> v.text(StandardCharsets.US_ASCII));
    if (named.isEmpty() || !client.boots()) {
      return sender;
    }
    Optional<Ip4> other = Ip4.tryParse(named.get());
    if (client.obeysOption66()) {
      return other.orElseThrow(() ->
          new BootFailure(
              "option 66 is '" + named.get() + "': an EEPROM reads dotted decimal text only"));
    }
    if (!other.equals(Optional.of(sender))) {
      diary.remark(
          "option 66 is "
              + named.get()
              + ", but "
              + client.label()
              + " asks "
              + sender
              + ", the sender of the OFFER");
    }
    return sender;
  }

  private static void onLink(Ip4 self, Ip4 tftp, Reply offer) throws BootFailure {
    Optional<Ip4> mask = offer.address(1);
    boolean near =
        mask.isPresent()
            && Cidr.containing(self, Integer.bitCount(mask.get().bits())).contains(tftp);
    boolean routed = offer.option(3).filter(v -> v.size() >= 4).isPresent();
    if (!near && !routed) {
      throw new BootFailure(
          "the TFTP server " + tftp + " is not on the board's link and there is no router");
    }
  }

  private String silence() {
    long seconds = client.waits().stream().mapToLong(Duration::toSeconds).sum();
    String prefix = client.label() + " gave up DHCP after " + seconds + " s: ";
    if (objections.isEmpty()) {
      return prefix + "no OFFER came";
    }
    if (giving.isEmpty() && booting.isPresent()) {
      return prefix + "only a proxy answered, nobody gave an address";
    }
    return prefix + String.join("; ", objections);
  }
}
