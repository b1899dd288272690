package dev.coldframe.store.image;

import dev.coldframe.disk.BlockMap;
import dev.coldframe.disk.ByteSource;
import dev.coldframe.disk.ExtVolume;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.Parsed;
import dev.coldframe.disk.Partition;
import dev.coldframe.disk.PartitionTable;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.ByteRange;
import dev.coldframe.node.ImageFacts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes one file in: unpacks it, hashes it, keeps what is not empty, and looks at what it is. All
/// of it happens in a folder that nobody else sees.
final class ImageImport {
  private static final int TEXT_BYTES = 1 << 16;

  /// Where e2fsprogs puts its programs.
  private static final List<Path> PROGRAMS = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));

  /// The types of an MBR's partition that are FAT, and the EFI system partition of a GPT.
  private static final Set<String> FAT_TYPES =
      Set.of("01", "04", "06", "0b", "0c", "0e", "ef", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");

  private final Path folder;
  private final Bounds bounds;
  private final ImageSink.Factory sinks;
  private final InstantSource clock;

  /// What a file may cost.
  ///
  /// @param rawBytes the largest image
  /// @param ratioFromBytes from this size on, the ratio counts
  /// @param ratio how many times larger than its file an image may be
  /// @param freeBytes what stays free on the disk: leases must be written there too
  record Bounds(long rawBytes, long ratioFromBytes, int ratio, long freeBytes) {
    /// 64 GiB; and from 4 GiB on, a thousand times the file: real images have some tens.
    static final Bounds USUAL = new Bounds(64L << 30, 4L << 30, 1000, 256L << 20);
  }

  /// @param folder an empty folder
  ImageImport(Path folder, Bounds bounds, ImageSink.Factory sinks, InstantSource clock) {
    this.folder = folder;
    this.bounds = bounds;
    this.sinks = sinks;
    this.clock = clock;
  }

  /// Takes a file in.
  ///
  /// @return the image as it will be, its folder still the hidden one
  StoredImage run(Images.Request request, Images.Progress progress)
      throws IOException, ImageRefused {
    Optional<String> wanted = request.sha256();
    if (wanted.isEmpty()) {
      wanted = Download.besides(request.file());
    }
    long fileBytes = Files.size(request.file());
    BlockMap map;
    String rawHash;
    String fileHash;
    try (Download download = Download.open(request.file());
        ImageSink sink = sinks.make(folder.resolve(StoredImage.IMAGE))) {
      var maker = new BlockMap.Maker();
      MessageDigest raw = Sha256.digest();
      copy(
          download,
          sink,
          maker,
          raw,
          () -> progress.at(download.packedBytes(), fileBytes, maker.sizeBytes()));
      fileHash = download.sha256();
      check(fileHash, wanted);
      map = maker.map();
      if (map.sizeBytes() == 0 || map.sizeBytes() % PartitionTable.SECTOR_BYTES != 0) {
        throw new ImageRefused("it is no disk image: its size is not a number of whole sectors");
      }
      rawHash = HexFormat.of().formatHex(raw.digest());
      sink.finish(map.sizeBytes());
    }
    var source =
        new StoredImage.Source(request.file().getFileName().toString(), fileHash, fileBytes);
    StoredImage image = inspect(request.name(), source, rawHash, map);
    write(StoredImage.BLOCKS, ImageJson.write(map));
    write(StoredImage.FACTS, ImageJson.write(image));
    return image;
  }

  private static void check(String hash, Optional<String> wanted) throws ImageRefused {
    if (wanted.isPresent() && !wanted.get().equalsIgnoreCase(hash)) {
      throw new ImageRefused(
          "its SHA-256 is " + hash + ", not " + wanted.get() + "; download it again");
    }
  }

  private void copy(
      Download download, ImageSink sink, BlockMap.Maker maker, MessageDigest raw, Runnable progress)
      throws IOException, ImageRefused {
    try (var chunks = new ReadAhead(download.unpacked(), BlockMap.CHUNK_BYTES)) {
      for (var chunk = chunks.next(); chunk.length() > 0; chunk = chunks.next()) {
        long at = maker.sizeBytes();
        bound(at + chunk.length(), download.packedBytes());
        raw.update(chunk.bytes(), 0, chunk.length());
        for (ByteRange run : maker.add(chunk.bytes(), chunk.length())) {
          sink.write(run.first(), chunk.bytes(), (int) (run.first() - at), (int) run.length());
        }
        progress.run();
      }
    }
  }

  private void bound(long size, long packed) throws IOException, ImageRefused {
    if (size > bounds.rawBytes()) {
      throw new ImageRefused(
          "it unpacks to more than " + (bounds.rawBytes() >> 30) + " GiB; no node takes that");
    }
    if (size > bounds.ratioFromBytes() && size / bounds.ratio() > packed) {
      throw new ImageRefused(
          "it unpacks to more than " + bounds.ratio() + " times its size; this is no image");
    }
    if (Files.getFileStore(folder).getUsableSpace() < bounds.freeBytes()) {
      throw new IOException("the disk of the state folder is almost full");
    }
  }

  private StoredImage inspect(String name, StoredImage.Source source, String hash, BlockMap map)
      throws IOException, ImageRefused {
    Path file = folder.resolve(StoredImage.IMAGE);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteSource disk = BootFiles.source(channel);
      Found found = find(disk);
      var content =
          new StoredImage.Content(
              hash, map.sizeBytes(), map.dataBytes(), found.table(), found.diskId());
      ImageFacts facts = facts(disk, found);
      Optional<RootFiles> root =
          facts.kernels().isEmpty() ? root(file, disk, found) : Optional.empty();
      return new StoredImage(
          name,
          folder,
          source,
          content,
          found.partitions(),
          found.boot(),
          root.map(RootFiles::files).orElse(List.of()),
          root.map(r -> facts(facts, r)).orElse(facts),
          clock.instant());
    }
  }

  private static Optional<RootFiles> root(Path file, ByteSource disk, Found found)
      throws IOException {
    Optional<ByteRange> area = ExtVolume.root(disk, found.partitions());
    Optional<Path> debugfs = RootFiles.program(PROGRAMS);
    return area.isPresent() && debugfs.isPresent()
        ? RootFiles.in(file, area.get(), debugfs.get())
        : Optional.empty();
  }

  /// What the root shows of a system whose boot partition shows no kernel.
  private static ImageFacts facts(ImageFacts boot, RootFiles root) {
    boolean seeds = root.cloudInit() && boot.dialect() == ImageFacts.Dialect.NONE;
    return new ImageFacts(
        root.family() == ImageFacts.Family.UNKNOWN ? boot.family() : root.family(),
        seeds ? ImageFacts.Dialect.CLOUD_INIT : boot.dialect(),
        seeds,
        root.name().isEmpty() ? boot.description() : root.name(),
        boot.boards(),
        root.files().stream().limit(1).map(BootFiles.BootFile::path).toList(),
        root.files().stream().skip(1).map(BootFiles.BootFile::path).toList(),
        boot.deviceTrees());
  }

  private record Found(
      String table,
      String diskId,
      List<Partition> partitions,
      Optional<ByteRange> boot,
      Optional<FatVolume> volume) {}

  /// The boot partition is the first FAT volume with a `config.txt`; else the first FAT volume.
  private static Found find(ByteSource disk) throws IOException, ImageRefused {
    var whole = new ByteRange(0, disk.sizeBytes());
    return switch (PartitionTable.read(disk)) {
      case Parsed.Good<PartitionTable>(PartitionTable table) -> {
        List<Volume> volumes = volumes(disk, table.partitions());
        Optional<Volume> boot =
            volumes.stream()
                .filter(v -> v.volume().file("config.txt").isPresent())
                .findFirst()
                .or(() -> volumes.stream().findFirst());
        yield new Found(
            table.kind() == PartitionTable.Kind.GPT ? "gpt" : "mbr",
            table.diskId(),
            table.partitions(),
            boot.map(Volume::area),
            boot.map(Volume::volume));
      }
      case Parsed.Bad<PartitionTable>(String defect) ->
          switch (FatVolume.read(disk, whole)) {
            case Parsed.Good<FatVolume>(FatVolume volume) ->
                new Found("none", "", List.of(), Optional.of(whole), Optional.of(volume));
            case Parsed.Bad<FatVolume> _ ->
                throw new ImageRefused("it is no disk image: " + defect);
          };
    };
  }

  private record Volume(ByteRange area, FatVolume volume) {}

  /// The FAT volumes. An image with a partition that calls itself FAT and is damaged is damaged.
  private static List<Volume> volumes(ByteSource disk, List<Partition> partitions)
      throws IOException, ImageRefused {
    var out = new ArrayList<Volume>();
    for (Partition partition : partitions) {
      switch (FatVolume.read(disk, partition.area())) {
        case Parsed.Good<FatVolume>(FatVolume volume) ->
            out.add(new Volume(partition.area(), volume));
        case Parsed.Bad<FatVolume>(String defect) -> {
          if (FAT_TYPES.contains(partition.type()) && !defect.equals("no FAT file system")) {
            throw new ImageRefused("partition " + partition.number() + " is damaged: " + defect);
          }
        }
      }
    }
    return out;
  }

  private static ImageFacts facts(ByteSource disk, Found found) throws IOException {
    if (found.volume().isEmpty()) {
      return new ImageFacts(
          ImageFacts.Family.UNKNOWN,
          ImageFacts.Dialect.NONE,
          false,
          "",
          List.of(),
          List.of(),
          List.of(),
          List.of());
    }
    FatVolume volume = found.volume().get();
    return new Inspection(
            volume.label(),
            volume.files().keySet(),
            BootFiles.text(disk, volume, "cmdline.txt", TEXT_BYTES),
            BootFiles.text(disk, volume, "issue.txt", TEXT_BYTES))
        .facts();
  }

  private void write(String name, String text) throws IOException {
    try (ImageSink sink = ImageSink.sparse(folder.resolve(name))) {
      byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      sink.write(0, bytes, 0, bytes.length);
      sink.finish(bytes.length);
    }
  }
}
