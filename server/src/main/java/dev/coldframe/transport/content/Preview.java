package dev.coldframe.transport.content;

import dev.coldframe.boot.Viewer;
import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Looks at what a node would get, for `coldframe render`. Files of the boot tree come byte for
/// byte as TFTP and HTTP send them, for they hold no secret. Seed files come with secrets masked.
/// Nothing is changed by looking (row L-13).
public final class Preview {
  /// Where seed files are listed: below the prefix that no boot tree has over HTTP.
  public static final String SEEDS = "-/seed/";

  private final FileLibrary library;
  private final TemplateSeeds seeds;

  /// Looks through a library and its seeds.
  public Preview(FileLibrary library, TemplateSeeds seeds) {
    this.library = library;
    this.seeds = seeds;
  }

  /// One file, to be closed by the caller. A name that the boot tree does not have is looked for
  /// among the seed files.
  ///
  /// @param path of the boot tree, or a seed file with or without [#SEEDS]
  /// @throws IOException when it cannot be read or rendered
  public Optional<Content> open(Node node, String path) throws IOException {
    Optional<Content> file = library.open(new Viewer.OfNode(node), path);
    return file.isPresent() ? file : seed(node, path);
  }

  /// The boot tree and the seed files.
  public List<FileLibrary.Listed> list(Node node) throws IOException {
    var out = new ArrayList<>(library.list(new Viewer.OfNode(node)));
    for (String name : new TreeSet<>(HttpBootDecisions.SEEDS)) {
      Optional<Content> seed = seed(node, name);
      seed.ifPresent(s -> out.add(new FileLibrary.Listed(SEEDS + name, s.origin(), s.sizeBytes())));
    }
    return out;
  }

  private Optional<Content> seed(Node node, String path) throws IOException {
    String name = path.startsWith(SEEDS) ? path.substring(SEEDS.length()) : path;
    Optional<Bytes> bytes = seeds.preview(node, name);
    return bytes.flatMap(b -> {
      ByteBuffer direct = ByteBuffer.allocateDirect(b.size()).put(b.toArray()).flip();
      return FileReader.memory(direct, "seed template").share();
    });
  }
}
