package dev.coldframe.transport;

import dev.coldframe.decide.InstallDecisions.Looked;
import dev.coldframe.disk.Blankness;
import dev.coldframe.disk.DiskContents;
import dev.coldframe.disk.KnownSectors;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Disk;
import dev.coldframe.wire.install.InstallerText;
import dev.coldframe.wire.install.InstallerText.DiskLine;
import dev.coldframe.wire.install.InstallerText.Piece;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// What the installers at work have shown of their disks. Kept in memory only: an installer whose
/// server was away shows it again. Any thread.
public final class InstallDesk {
  /// More than a decision needs of one disk.
  private static final long MAX_KNOWN_BYTES = 256 << 10;

  private static final Duration TELL_EVERY = Duration.ofMinutes(1);

  private final UnaryOperator<Bytes> mac;
  private final Map<String, Shown> byNode = new ConcurrentHashMap<>();
  private final Map<String, Instant> told = new ConcurrentHashMap<>();

  /// @param mac signs marks with the site's key
  public InstallDesk(UnaryOperator<Bytes> mac) {
    this.mac = mac;
  }

  /// What one installer has shown.
  ///
  /// @param tokenHash whose it is
  /// @param known what is known of each disk; nothing of one that cannot be read
  /// @param said the refusal that it was told last
  private record Shown(
      String tokenHash, List<DiskLine> disks, Map<String, KnownSectors> known, String said) {}

  /// Takes a list of disks.
  public void disks(String node, String tokenHash, List<DiskLine> disks) {
    var known = new LinkedHashMap<String, KnownSectors>();
    disks.forEach(disk -> known.put(disk.device(), KnownSectors.none(disk.sizeBytes())));
    String said = of(node, tokenHash).map(Shown::said).orElse("");
    byNode.put(node, new Shown(tokenHash, disks, known, said));
  }

  /// Takes parts of disks.
  ///
  /// @return whether they belong to disks that were shown
  public boolean sectors(String node, String tokenHash, InstallerText.Shown news) {
    Optional<Shown> shown = of(node, tokenHash);
    if (shown.isEmpty()) {
      return false;
    }
    var known = new LinkedHashMap<>(shown.get().known());
    news.unreadable().forEach(known::remove);
    for (Piece piece : news.pieces()) {
      KnownSectors before = known.get(piece.device());
      if (before == null || !fits(piece, before)) {
        return false;
      }
      known.put(piece.device(), before.with(piece.at(), piece.bytes()));
    }
    byNode.put(node, new Shown(tokenHash, shown.get().disks(), known, shown.get().said()));
    return true;
  }

  private static boolean fits(Piece piece, KnownSectors before) {
    return piece.at() + piece.bytes().size() <= before.sizeBytes()
        && before.knownBytes() + piece.bytes().size() <= MAX_KNOWN_BYTES;
  }

  /// What is known of a node's disks by now.
  public List<Looked> looked(String node, String tokenHash) {
    var out = new ArrayList<Looked>();
    Optional<Shown> shown = of(node, tokenHash);
    for (DiskLine line : shown.map(Shown::disks).orElse(List.of())) {
      KnownSectors known = shown.orElseThrow().known().get(line.device());
      DiskContents contents =
          known == null
              ? new DiskContents.Foreign("what cannot be read")
              : Blankness.judge(known, mac);
      var disk =
          new Disk(
              line.device(),
              line.sizeBytes(),
              line.model(),
              line.number(),
              line.aliases(),
              contents.words());
      out.add(new Looked(disk, line.readOnly(), contents));
    }
    return out;
  }

  /// What a node's installer was told last.
  public String said(String node, String tokenHash) {
    return of(node, tokenHash).map(Shown::said).orElse("");
  }

  /// Remembers what a node's installer was told.
  public void say(String node, String tokenHash, String reason) {
    of(node, tokenHash)
        .ifPresent(s -> byNode.put(node, new Shown(tokenHash, s.disks(), s.known(), reason)));
  }

  /// Whether the journal is to tell that a node's installer is refused: it asks every few seconds.
  public boolean tells(String node, Instant now) {
    Instant before = told.get(node);
    if (before != null && now.isBefore(before.plus(TELL_EVERY)) && !now.isBefore(before)) {
      return false;
    }
    told.put(node, now);
    return true;
  }

  /// Forgets what all installers have shown but these.
  ///
  /// @param goesOn whether a node of that name is being installed
  public void keepOnly(Predicate<String> goesOn) {
    byNode.keySet().removeIf(goesOn.negate());
  }

  /// Forgets what a node's installer has shown.
  public void done(String node) {
    byNode.remove(node);
  }

  private Optional<Shown> of(String node, String tokenHash) {
    return Optional.ofNullable(byNode.get(node)).filter(s -> s.tokenHash().equals(tokenHash));
  }
}
