package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What is known so far of a disk that is far away. Reading what is not known ends the reading and
/// says what to ask for. Immutable.
public final class KnownSectors implements ByteSource {
  private final long sizeBytes;
  private final NavigableMap<Long, Bytes> pieces;

  private KnownSectors(long sizeBytes, NavigableMap<Long, Bytes> pieces) {
    this.sizeBytes = sizeBytes;
    this.pieces = pieces;
  }

  /// A disk of which nothing is known but its size.
  public static KnownSectors none(long sizeBytes) {
    return new KnownSectors(sizeBytes, new TreeMap<>());
  }

  /// The same with a piece more.
  ///
  /// @param at where the piece starts
  public KnownSectors with(long at, Bytes piece) {
    var more = new TreeMap<>(pieces);
    more.merge(at, piece, (a, b) -> a.size() >= b.size() ? a : b);
    return new KnownSectors(sizeBytes, more);
  }

  /// How many bytes are known.
  public long knownBytes() {
    return pieces.values().stream().mapToLong(Bytes::size).sum();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Those of the ranges that are not known.
  List<ByteRange> missing(List<ByteRange> ranges) {
    var out = new ArrayList<ByteRange>();
    for (ByteRange range : ranges) {
      if (piece(range.first(), range.length()) == null) {
        out.add(range);
      }
    }
    return out;
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    Map.Entry<Long, Bytes> piece = piece(position, length);
    if (piece == null) {
      throw new Unknown(new ByteRange(position, length));
    }
    piece.getValue().copyTo((int) (position - piece.getKey()), length, target, offset);
  }

  private Map.@org.jspecify.annotations.Nullable Entry<Long, Bytes> piece(long at, long length) {
    Map.Entry<Long, Bytes> piece = pieces.floorEntry(at);
    boolean holds = piece != null && piece.getKey() + piece.getValue().size() >= at + length;
    return holds ? piece : null;
  }

  /// Ends a reading. Has no stack trace: it is an answer, not a failure.
  static final class Unknown extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient ByteRange range;

    Unknown(ByteRange range) {
      super("not known yet");
      this.range = range;
    }

    ByteRange range() {
      return range;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
