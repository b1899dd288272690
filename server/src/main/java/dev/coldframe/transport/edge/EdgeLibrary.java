package dev.coldframe.transport.edge;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Library;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// A relay's boot files: the appliance says what a board gets, the bytes come from the cache where
/// it has them. While the link is down a board gets what it got before, as far as that is kept.
final class EdgeLibrary implements Library {
  /// Answers that are remembered for the time without a link: some dozen a board.
  static final int MAX_ANSWERS = 16_384;

  private final Uplink uplink;
  private final EdgeCache cache;

  /// One fetch of a file at a time; the others wait for it.
  private final Map<String, ReentrantLock> fetching = new ConcurrentHashMap<>();

  private record Asked(Ip4 client, String path) {}

  private final Map<Asked, EdgeMessage> answers =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, EdgeMessage> eldest) {
          return size() > MAX_ANSWERS;
        }
      };

  EdgeLibrary(Uplink uplink, EdgeCache cache) {
    this.uplink = uplink;
    this.cache = cache;
  }

  @Override
  public Optional<Content> open(Viewer viewer, String path) throws IOException {
    if (!(viewer instanceof Viewer.Beyond(Ip4 client))) {
      return Optional.empty();
    }
    var asked = new Asked(client, path);
    EdgeMessage answer = uplink.isUp() ? ask(asked) : remembered(asked);
    return switch (answer) {
      case EdgeMessage.Found found -> Optional.of(content(asked, found));
      case EdgeMessage.Missing _ -> Optional.empty();
      default -> throw new IOException("the appliance cannot read " + path);
    };
  }

  private EdgeMessage ask(Asked asked) throws IOException {
    EdgeMessage answer = uplink.ask(id -> new EdgeMessage.Ask(id, asked.client(), asked.path()));
    // A fault there is no answer to go by later.
    if (!(answer instanceof EdgeMessage.Failed)) {
      synchronized (answers) {
        answers.put(asked, answer);
      }
    }
    return answer;
  }

  private EdgeMessage remembered(Asked asked) throws IOException {
    EdgeMessage known;
    synchronized (answers) {
      known = answers.get(asked);
    }
    if (known == null) {
      throw new IOException("the appliance cannot be reached");
    }
    return known;
  }

  private Content content(Asked asked, EdgeMessage.Found found) throws IOException {
    Optional<Content> here = cache.get(found.etag(), found.sizeBytes(), found.origin());
    if (here.isPresent()) {
      return here.get();
    }
    ReentrantLock lock = fetching.computeIfAbsent(found.etag(), _ -> new ReentrantLock());
    lock.lock();
    try {
      Optional<Content> meanwhile = cache.get(found.etag(), found.sizeBytes(), found.origin());
      if (meanwhile.isPresent()) {
        return meanwhile.get();
      }
      cache.put(found.etag(), found.sizeBytes(), position -> piece(asked, found, position));
      return cache
          .get(found.etag(), found.sizeBytes(), found.origin())
          .orElseThrow(() -> new IOException("the cache is too small for what is asked at once"));
    } finally {
      lock.unlock();
      fetching.remove(found.etag(), lock);
    }
  }

  private ByteBuffer piece(Asked asked, EdgeMessage.Found found, long position) throws IOException {
    EdgeMessage answer =
        uplink.ask(id ->
            new EdgeMessage.Fetch(
                id,
                asked.client(),
                asked.path(),
                found.etag(),
                position,
                EdgeCodec.MAX_PIECE_BYTES));
    if (answer instanceof EdgeMessage.Piece(int _, var bytes) && !bytes.isEmpty()) {
      return ByteBuffer.wrap(bytes.toArray());
    }
    throw new IOException("the file changed while it was fetched");
  }

  /// The appliance is asked every time.
  @Override
  public Known known(Viewer viewer, String path) {
    return new Known.Unknown();
  }
}
