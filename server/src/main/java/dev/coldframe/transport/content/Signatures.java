package dev.coldframe.transport.content;

import dev.coldframe.boot.Ramdisk;
import dev.coldframe.net.Bytes;
import dev.coldframe.store.FirmwareKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Signs ramdisks, each once. Any thread; blocks for as long as reading the ramdisk takes.
final class Signatures {
  static final String ORIGIN = "signed";

  /// Ramdisks of so many nodes; a signature costs 100 MB of hashing.
  private static final int MAX_KEPT = 256;

  private static final int CHUNK_BYTES = 1 << 20;

  private final Path state;
  private final InstantSource clock;

  /// By the ramdisk's tag, oldest first; guarded by itself.
  private final Map<String, Shelved> made = new LinkedHashMap<>();

  Signatures(Path state, InstantSource clock) {
    this.state = state;
    this.clock = clock;
  }

  /// The signature of a ramdisk; empty when the site has no firmware key.
  Optional<Shelved> of(Content ramdisk) throws IOException {
    Optional<FirmwareKey> key = FirmwareKey.of(state);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    synchronized (made) {
      Shelved known = made.get(ramdisk.etag());
      if (known == null) {
        known = sign(ramdisk, key.get());
        made.put(ramdisk.etag(), known);
        if (made.size() > MAX_KEPT) {
          made.remove(made.keySet().iterator().next());
        }
      }
      return Optional.of(known);
    }
  }

  private Shelved sign(Content ramdisk, FirmwareKey key) throws IOException {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      Signature signature = key.signature();
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (long at = 0; at < ramdisk.sizeBytes(); at += chunk.limit()) {
        chunk.clear();
        ramdisk.read(at, chunk);
        chunk.flip();
        sha.update(chunk.duplicate());
        signature.update(chunk.duplicate());
      }
      String text =
          Ramdisk.signature(
              Bytes.wrap(sha.digest()),
              clock.instant().getEpochSecond(),
              Bytes.wrap(signature.sign()));
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      return FileReader.memory(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), ORIGIN);
    } catch (GeneralSecurityException e) {
      throw new IOException("the ramdisk cannot be signed", e);
    }
  }
}
