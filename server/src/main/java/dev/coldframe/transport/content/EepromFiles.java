package dev.coldframe.transport.content;

import dev.coldframe.decide.KnownBoard;
import dev.coldframe.disk.BootSig;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Node;
import dev.coldframe.node.Soc;
import dev.coldframe.node.World;
import dev.coldframe.store.EepromImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The update of a node's boot EEPROM: `pieeprom.upd`, and `pieeprom.sig` with its hash, its date
/// and the chip that it is for. Whether a board is offered them now is decided elsewhere. Any
/// thread; blocks.
final class EepromFiles {
  /// A site has two kinds of boards, and as many profiles with other settings.
  private static final int MAX_KEPT = 64;

  private final EepromImages images;

  /// By the image's hash.
  private final Map<String, Shelved> made = new ConcurrentHashMap<>();

  EepromFiles(EepromImages images) {
    this.images = images;
  }

  /// One of the two; empty where the firmware store has no such image, or the board is not known.
  Optional<Shelved> find(Node node, String path, World world) throws IOException {
    images.keepOnly(world.site().profiles().values());
    Optional<Eeproms.Offer> offer = world.eeproms().offer(node);
    Optional<Soc> soc =
        offer
            .map(Eeproms.Offer::soc)
            .or(() -> KnownBoard.of(node, Optional.empty(), world).family().flatMap(Soc::ofFamily));
    if (soc.isEmpty()
        || node.profile().eeprom().isEmpty()
        || !(images.of(node.profile().eeprom().get(), soc.get())
            instanceof EepromImages.Made.Image(Eeproms.Target target, Bytes bytes))) {
      return Optional.empty();
    }
    if (path.equals(EepromUpdate.IMAGE)) {
      return Optional.of(image(target.image(), bytes));
    }
    // What was not offered yet is dated when it is.
    long timestamp =
        offer
            .filter(o -> o.image().equals(target.image()))
            .map(Eeproms.Offer::timestamp)
            .orElse(target.built());
    String text = BootSig.ofUpdate(target.image(), timestamp, soc.get().number());
    return Optional.of(memory(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private Shelved image(String hash, Bytes bytes) {
    if (made.size() > MAX_KEPT) {
      made.clear();
    }
    return made.computeIfAbsent(hash, _ -> memory(bytes.toArray()));
  }

  private static Shelved memory(byte[] bytes) {
    return FileReader.memory(
        ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), EepromUpdate.ORIGIN);
  }
}
