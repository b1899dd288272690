package dev.coldframe;

import dev.coldframe.boot.lint.UpdateByHand;
import dev.coldframe.boot.lint.UpdateByHand.Sig;
import dev.coldframe.boot.lint.UpdateByHand.Upd;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.store.FirmwareFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The EEPROM updates that somebody put into a boot tree by hand, for all its nodes or in the
/// folder of one of them.
final class EepromUpdates {
  /// For who does not want to know.
  static final EepromUpdates NOT_LOOKED_AT = new EepromUpdates(Optional.empty());

  /// Larger than any EEPROM and its signature.
  private static final int MAX_BYTES = 4 << 20;

  private final Optional<FirmwareFiles> brought;

  private EepromUpdates(Optional<FirmwareFiles> brought) {
    this.brought = brought;
  }

  /// @param state the state folder, which holds the firmware that the operator brought
  static EepromUpdates of(Path state) {
    return new EepromUpdates(Optional.of(new FirmwareFiles(state)));
  }

  /// Looks.
  ///
  /// @param alike the nodes of the tree
  /// @param files the size of each file in it that the operator put there, by path
  /// @throws IOException when something is there but cannot be read
  List<UpdateByHand> of(List<Node> alike, Map<String, Long> files, World world, Preview preview)
      throws IOException {
    var out = new ArrayList<UpdateByHand>();
    if (brought.isEmpty() || files.keySet().stream().noneMatch(EepromUpdates::isOne)) {
      return out;
    }
    String reader = alike.getFirst().name();
    List<String> all = alike.stream().map(Node::name).toList();
    add("", all, reader, files, preview, out);
    for (Node node : alike) {
      for (String folder : folders(node, world).toList()) {
        add(folder, List.of(node.name()), reader, files, preview, out);
      }
    }
    return out;
  }

  private static boolean isOne(String path) {
    return path.endsWith(EepromUpdate.SIGNATURE) || path.endsWith(EepromUpdate.IMAGE);
  }

  /// What its loader puts before each name (raspberry-pi-boot.md, section 3.3).
  private static Stream<String> folders(Node node, World world) {
    return Stream.concat(
            node.identity().serials().stream().map(Serial::prefix),
            world.macsOf(node).stream().map(MacAddress::toString).map(m -> m.replace(':', '-')))
        .map(name -> name + "/")
        .distinct();
  }

  private void add(
      String folder,
      List<String> nodes,
      String reader,
      Map<String, Long> files,
      Preview preview,
      List<UpdateByHand> out)
      throws IOException {
    Optional<Bytes> sig = read(folder + EepromUpdate.SIGNATURE, reader, files, preview);
    Optional<Bytes> upd = read(folder + EepromUpdate.IMAGE, reader, files, preview);
    if (sig.isEmpty() && upd.isEmpty()) {
      return;
    }
    Optional<EepromImage> image = upd.flatMap(bytes -> EepromImage.read(bytes).good());
    Optional<Upd> shown =
        upd.map(bytes ->
            new Upd(
                Sha256.of(bytes.toArray(), bytes.size()).hex(),
                image.map(EepromImage::board),
                image.map(EepromImage::built).orElse(OptionalLong.empty())));
    out.add(
        new UpdateByHand(
            nodes,
            folder,
            sig.map(bytes -> Sig.of(bytes.text(StandardCharsets.ISO_8859_1))),
            shown,
            image.isPresent() ? broughtFor(image.get().board()) : OptionalLong.empty()));
  }

  private OptionalLong broughtFor(EepromImage.Board board) throws IOException {
    Optional<FirmwareFiles.Firmware> firmware = brought.orElseThrow().of(board);
    return firmware.map(f -> f.eeprom().built()).orElse(OptionalLong.empty());
  }

  /// One that is too long is read as far as it shows that.
  private static Optional<Bytes> read(
      String path, String node, Map<String, Long> files, Preview preview) throws IOException {
    Long size = files.get(path);
    if (size == null) {
      return Optional.empty();
    }
    if (size > MAX_BYTES) {
      return Optional.of(Bytes.EMPTY);
    }
    var out = new ByteArrayOutputStream();
    boolean there = preview.write(node, path, (bytes, length) -> out.write(bytes, 0, length));
    return there ? Optional.of(Bytes.wrap(out.toByteArray())) : Optional.empty();
  }
}
