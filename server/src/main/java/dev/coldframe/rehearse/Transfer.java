package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/// One read request and what comes of it (RFC 1350, with the habits of reference, section 3.2).
/// Used once, by one thread.
final class Transfer {
  /// The block size without options.
  static final int PLAIN_BLOCK = 512;

  private static final int TFTP = 69;
  private static final int DATA = 3;
  private static final int ERROR = 5;
  private static final int OACK = 6;
  private static final int MAX_BLOCK = 65535;

  /// Measured on firmware of 2019 (reference, section 3.2, "RRQ repeat").
  private static final Duration REPEAT = Duration.ofSeconds(2);

  /// TFTP_FILE_TIMEOUT.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int KEPT_BYTES = 1 << 18;
  private static final int SHOWN_BYTES = 1 << 18;

  /// Error 0, "Early terminate".
  private static final Bytes EARLY_TERMINATE =
      Bytes.parseHex("00050000" + "4561726c79207465726d696e617465" + "00");

  /// How a request ends without a failure.
  sealed interface Answer {
    /// The file came whole.
    ///
    /// @param content its bytes, where it is small
    record Loaded(BootResult.LoadedFile file, Optional<Bytes> content) implements Answer {}

    /// The file is there.
    record Probed(BootResult.Probe probe) implements Answer {}

    /// The server said no.
    record Refused(String error) implements Answer {}
  }

  /// What is asked.
  ///
  /// @param client who asks
  /// @param path the name as it goes into the request
  /// @param probe whether to break off after the first answer
  record Question(TftpClient client, String path, boolean probe) {}

  private final Question question;
  private final Bench bench;
  private final Ip4 server;
  private final Cable.UdpPort udp;
  private final long startNanos = System.nanoTime();
  private final MessageDigest sha256 = digest();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private int peerPort;
  private int blockBytes = PLAIN_BLOCK;
  private long sizeBytes = -1;
  private long doneBytes;
  private long shownBytes;

  private Transfer(Question question, Bench bench, Ip4 server, Cable.UdpPort udp) {
    this.question = question;
    this.bench = bench;
    this.server = server;
    this.udp = udp;
  }

  /// Runs it.
  ///
  /// @param lease who asks whom
  /// @param port the board's port for this file
  static Answer run(Question question, Bench bench, Lease lease, int port)
      throws IOException, InterruptedException, BootFailure {
    try (Cable.UdpPort udp = bench.cable().udp(lease.address(), port)) {
      return new Transfer(question, bench, lease.tftp(), udp).run();
    }
  }

  private Answer run() throws IOException, InterruptedException, BootFailure {
    Bytes first = ask();
    return switch (first.shortAt(0)) {
      case ERROR -> new Answer.Refused(error(first));
      case OACK -> acknowledged(first);
      default -> plain(first);
    };
  }

  /// Sends the request, every two seconds until somebody answers.
  private Bytes ask() throws IOException, InterruptedException, BootFailure {
    Bytes request = question.client().request(question.path());
    long end = System.nanoTime() + bench.pace().of(PATIENCE).toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      if (i > 0) {
        bench.diary().repeated();
      }
      udp.send(request, server, bench.cable().port(TFTP));
      long repeat = Math.min(end, System.nanoTime() + bench.pace().of(REPEAT).toNanos());
      Optional<Cable.Datagram> answer = next(repeat);
      if (answer.isPresent()) {
        peerPort = answer.get().port();
        return answer.get().payload();
      }
    }
    throw failure("no answer within " + PATIENCE.toSeconds() + " s");
  }

  /// The next packet of this transfer; before the first one, from any port of the server.
  private Optional<Cable.Datagram> next(long deadline) throws IOException, InterruptedException {
    while (true) {
      long left = deadline - System.nanoTime();
      Optional<Cable.Datagram> in = left <= 0 ? Optional.empty() : udp.receive(nanos(left));
      if (in.isEmpty()) {
        return Optional.empty();
      }
      boolean ours =
          in.get().host().equals(server) && (peerPort == 0 || in.get().port() == peerPort);
      if (ours && in.get().payload().size() >= 4 && isAnswer(in.get().payload().shortAt(0))) {
        return in;
      }
    }
  }

  private static Duration nanos(long nanos) {
    return Duration.ofNanos(nanos);
  }

  private static boolean isAnswer(int operation) {
    return operation == DATA || operation == ERROR || operation == OACK;
  }

  private static String error(Bytes packet) {
    String text = packet.slice(4, packet.size()).text(StandardCharsets.US_ASCII);
    int end = text.indexOf(0);
    return "error " + packet.shortAt(2) + ": " + (end < 0 ? text : text.substring(0, end));
  }

  private Answer acknowledged(Bytes packet) throws IOException, InterruptedException, BootFailure {
    Oack oack = Oack.read(packet, question.client(), question.path());
    sizeBytes = oack.sizeBytes();
    blockBytes = oack.blockBytes();
    if (question.probe()) {
      return probed();
    }
    if (sizeBytes >= 0) {
      checkBlocks(sizeBytes / blockBytes + 1);
    }
    acknowledge(0);
    return receive(Optional.empty());
  }

  /// A server that ignores options answers with the first block at once.
  private Answer plain(Bytes first) throws IOException, InterruptedException, BootFailure {
    if (question.client().needsOack()) {
      throw failure("the server ignores options, with which start.elf fails since 2020-04-16");
    }
    if (question.client().asksSize()) {
      bench.diary().remark("the TFTP server ignores options: " + question.path() + " is slow");
    }
    return question.probe() ? probed() : receive(Optional.of(first));
  }

  private Answer probed() throws IOException {
    udp.send(EARLY_TERMINATE, server, peerPort);
    return new Answer.Probed(
        new BootResult.Probe(question.path(), sizeBytes, Diary.millisSince(startNanos)));
  }

  private void acknowledge(long block) throws IOException {
    int number = (int) (block & MAX_BLOCK);
    udp.send(Bytes.of(0, 4, number >>> 8, number & 255), server, peerPort);
  }

  private Answer receive(Optional<Bytes> first)
      throws IOException, InterruptedException, BootFailure {
    long expected = 1;
    Optional<Bytes> packet = first;
    while (true) {
      if (packet.isEmpty()) {
        packet = Optional.of(more(expected));
      }
      Bytes in = packet.get();
      packet = Optional.empty();
      switch (in.shortAt(0)) {
        case ERROR -> throw failure("broken off by the server, " + error(in));
        case OACK -> {
          // Ours was lost; it is sent again until the first block comes.
          if (expected == 1) {
            acknowledge(0);
          }
        }
        default -> {
          if (in.shortAt(2) == (expected & MAX_BLOCK)) {
            take(in);
            acknowledge(expected);
            if (in.size() - 4 < blockBytes) {
              return loaded();
            }
            checkBlocks(++expected);
          } else if (in.shortAt(2) == ((expected - 1) & MAX_BLOCK)) {
            duplicate(expected - 1);
          }
        }
      }
    }
  }

  private Bytes more(long expected) throws IOException, InterruptedException, BootFailure {
    long deadline = System.nanoTime() + bench.pace().of(PATIENCE).toNanos();
    return next(deadline)
        .orElseThrow(() ->
            failure("block " + expected + " did not come within " + PATIENCE.toSeconds() + " s"))
        .payload();
  }

  private void take(Bytes packet) throws BootFailure {
    Bytes block = packet.slice(4, packet.size());
    if (block.size() > blockBytes) {
      throw failure("a block of " + block.size() + " bytes, agreed were " + blockBytes);
    }
    byte[] bytes = block.toArray();
    sha256.update(bytes);
    doneBytes += bytes.length;
    if (doneBytes <= KEPT_BYTES && sizeBytes <= KEPT_BYTES) {
      kept.writeBytes(bytes);
    }
    if (doneBytes - shownBytes >= SHOWN_BYTES) {
      shownBytes = doneBytes;
      bench.diary().progress(question.path(), doneBytes, sizeBytes);
    }
  }

  /// The EEPROM acknowledges it once more (since 2021-02-16).
  private void duplicate(long block) throws IOException, BootFailure {
    if (question.client().hangsOnDuplicate()) {
      throw failure(
          "duplicate block "
              + block
              + ": "
              + question.client().label()
              + " answers it with the ACK of the next one and hangs");
    }
    bench.diary().remark("duplicate block " + block + " of " + question.path());
    acknowledge(block);
  }

  private void checkBlocks(long blocks) throws BootFailure {
    if (blocks > MAX_BLOCK && !question.client().counterWraps()) {
      throw failure(
          "more than 65535 blocks of "
              + blockBytes
              + " bytes, beyond what "
              + question.client().label()
              + " can count");
    }
  }

  private Answer loaded() throws BootFailure {
    if (sizeBytes >= 0 && sizeBytes != doneBytes) {
      throw failure("tsize said " + sizeBytes + " bytes, " + doneBytes + " came");
    }
    bench.diary().progress(question.path(), doneBytes, doneBytes);
    var file =
        new BootResult.LoadedFile(
            question.path(),
            doneBytes,
            HexFormat.of().formatHex(sha256.digest()),
            "tftp",
            Diary.millisSince(startNanos));
    boolean small = doneBytes <= KEPT_BYTES;
    return new Answer.Loaded(
        file, small ? Optional.of(Bytes.wrap(kept.toByteArray())) : Optional.empty());
  }

  private BootFailure failure(String why) {
    return new BootFailure("TFTP " + question.path() + ": " + why);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
