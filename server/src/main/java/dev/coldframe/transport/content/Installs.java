package dev.coldframe.transport.content;

import dev.coldframe.disk.ExtVolume;
import dev.coldframe.disk.FatPatch;
import dev.coldframe.disk.InstallMark;
import dev.coldframe.disk.Parsed;
import dev.coldframe.disk.PartitionTable;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.store.Background;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.OpenImage;
import dev.coldframe.store.image.StoredImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The installs at work, one a node: each image is put together with the node's files once. Any
/// thread; blocks.
public final class Installs {
  private final Images images;
  private final InstallFiles files;
  private final Signers signers;
  private final Map<String, Known> prepared = new ConcurrentHashMap<>();

  /// @param images the imported images
  /// @param files what is put on disks beside them
  /// @param signers sign with the site's key
  public Installs(Images images, InstallFiles files, Signers signers) {
    this.images = images;
    this.files = files;
    this.signers = signers;
  }

  /// Which install is meant. Equal ones write the same bytes.
  ///
  /// @param node the node
  /// @param image what is written
  /// @param id names the install
  /// @param context what the node's files may say of it
  public record Job(Node node, OsImage image, String id, Seeds.Context context) {}

  /// @param root the archive of the new root's files, made once
  private record Known(Job job, PreparedInstall install, FutureTask<Bytes> root) {}

  /// Signatures with the site's key, each purpose with its own.
  ///
  /// @param marks for what an installer leaves on disks
  /// @param health for the keys of nodes' health reports
  /// @param copies for passes by which other appliances get images
  public record Signers(
      UnaryOperator<Bytes> marks, UnaryOperator<Bytes> health, UnaryOperator<Bytes> copies) {}

  /// Signs passes by which other appliances get images.
  public UnaryOperator<Bytes> copies() {
    return signers.copies();
  }

  /// The image with that hash.
  public Optional<StoredImage> stored(String sha256) {
    return images.list().stream().filter(i -> i.content().sha256().equals(sha256)).findFirst();
  }

  /// The key of a node's reports once it is up: the same for as long as its install.
  ///
  /// @param install names the install; empty for a node that writes no disk
  public String healthKey(Node node, String install) {
    String text = node.name() + "\n" + install + "\n";
    return signers.health().apply(Bytes.of(text, StandardCharsets.US_ASCII)).hex();
  }

  /// The image as it was taken in; empty when it has been removed.
  public Optional<StoredImage> image(OsImage image) {
    return images.named(image.name()).filter(i -> i.content().sha256().equals(image.sha256()));
  }

  /// What an install writes.
  ///
  /// @throws IOException when the image is gone, leaves no room, or a file cannot be rendered
  public PreparedInstall prepared(Job job) throws IOException {
    Known known = prepared.get(job.node().name());
    if (known != null && known.job().equals(job)) {
      return known.install();
    }
    synchronized (this) {
      Known now = prepared.get(job.node().name());
      if (now != null && now.job().equals(job)) {
        return now.install();
      }
      PreparedInstall install = prepare(job);
      var root = new FutureTask<Bytes>(() -> makeRoot(job));
      Known before = prepared.put(job.node().name(), new Known(job, install, root));
      if (before != null) {
        before.install().giveUp();
      }
      return install;
    }
  }

  /// Nothing more is asked of a node's install.
  public void done(Node node) {
    Known known = prepared.remove(node.name());
    if (known != null) {
      known.install().giveUp();
    }
  }

  /// Nothing more is asked of any install but these.
  ///
  /// @param goesOn whether a node of that name is being installed
  public void keepOnly(Predicate<String> goesOn) {
    for (Known known : List.copyOf(prepared.values())) {
      if (!goesOn.test(known.job().node().name())) {
        done(known.job().node());
      }
    }
  }

  private PreparedInstall prepare(Job job) throws IOException {
    StoredImage stored =
        image(job.image())
            .orElseThrow(() -> new IOException("the image " + job.image().name() + " is gone"));
    OpenImage image = OpenImage.open(stored);
    try {
      return PreparedInstall.of(image, changes(job, image));
    } catch (IOException | RuntimeException e) {
      image.close();
      throw e;
    }
  }

  private PreparedInstall.Changes changes(Job job, OpenImage image) throws IOException {
    PartitionTable table =
        switch (PartitionTable.read(image.source())) {
          case Parsed.Good<PartitionTable>(PartitionTable good) -> good;
          case Parsed.Bad<PartitionTable>(String defect) ->
              throw new IOException("the image " + job.image().name() + ": " + defect);
        };
    if (!InstallMark.fits(table, image.blocks().data(), image.blocks().sizeBytes())) {
      throw new IOException(
          "the image " + job.image().name() + " leaves no room for the mark below its first MiB");
    }
    var writes = new ArrayList<FatPatch.Write>();
    writes.add(new FatPatch.Write(InstallMark.AREA.first(), mark(job)));
    Optional<ByteRange> boot = image.image().boot();
    if (boot.isPresent()) {
      writes.addAll(patch(job, image, boot.get()));
    }
    return new PreparedInstall.Changes(writes, ExtVolume.root(image.source(), table.partitions()));
  }

  private List<FatPatch.Write> patch(Job job, OpenImage image, ByteRange boot) throws IOException {
    SequencedMap<String, Bytes> put = files.bootPartition(job.node(), job.image(), job.context());
    return switch (FatPatch.of(image.source(), boot, put)) {
      case Parsed.Good<FatPatch>(FatPatch patch) -> patch.writes();
      case Parsed.Bad<FatPatch>(String defect) ->
          throw new IOException("the boot partition cannot take the node's files: " + defect);
    };
  }

  /// The sector that says whose the disk is.
  public Bytes mark(Job job) {
    return new InstallMark(job.node().name(), job.id(), job.image().sha256())
        .sector(signers.marks());
  }

  /// Makes the archive of the new root's files while its disk is written: its host keys take a
  /// second of a processor, which must not keep the disk's data waiting. Does not block; what goes
  /// wrong is seen when it is asked for.
  public void makeRootAhead(Job job) {
    ahead(job)
        .ifPresent(root ->
            Thread.ofPlatform()
                .name("install-root")
                .daemon()
                .start(() -> {
                  Background.standBack();
                  root.run();
                }));
  }

  private Optional<FutureTask<Bytes>> ahead(Job job) {
    return Optional.ofNullable(prepared.get(job.node().name()))
        .filter(known -> known.job().equals(job))
        .map(Known::root);
  }

  /// The files of the new root, as a tar archive.
  ///
  /// @throws IOException when one cannot be rendered
  public Bytes root(Job job) throws IOException {
    Optional<FutureTask<Bytes>> ahead = ahead(job);
    if (ahead.isPresent()) {
      ahead.get().run();
      try {
        return ahead.get().get();
      } catch (ExecutionException _) {
        // What was wrong then may be right by now.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return makeRoot(job);
  }

  private Bytes makeRoot(Job job) throws IOException {
    return RootArchive.of(files.root(job.node(), job.image(), job.context()));
  }
}
