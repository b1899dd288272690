package dev.coldframe.transport.content;

import dev.coldframe.disk.Cpio;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// What is put behind an image's initramfs so that it installs instead of booting: the templates in
/// `installer/`, as a cpio (raspberry-pi-boot.md, section 8.3, hook A). Holds no secret: it goes
/// over TFTP. Any thread; blocks.
final class InstallerArchive {
  static final String FOLDER = "installer/";

  private static final int FILE_MODE = 0644;

  private final TemplateFolder folder;
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  InstallerArchive(TemplateFolder folder) {
    this.folder = folder;
  }

  private record Made(World world, Templates templates, ByteBuffer bytes) {}

  /// The archive for a node, ready to be sent.
  ///
  /// @throws IOException when a template cannot be read or rendered
  ByteBuffer of(Node node, World world) throws IOException {
    Templates templates = folder.current(Path.of(world.site().templates()));
    Made known = made.get(node.name());
    if (known != null && known.world() == world && known.templates() == templates) {
      return known.bytes();
    }
    Bytes archive = Cpio.of(entries(node, world, templates));
    ByteBuffer direct = ByteBuffer.allocateDirect(archive.size()).put(archive.toArray()).flip();
    made.put(node.name(), new Made(world, templates, direct));
    return direct;
  }

  private static List<Cpio.Entry> entries(Node node, World world, Templates templates)
      throws IOException {
    Map<String, Object> model = NodeModel.boot(node, world);
    var folders = new TreeSet<String>();
    var files = new ArrayList<Cpio.Entry>();
    for (String name : templates.names()) {
      if (name.startsWith(FOLDER)) {
        String path = name.substring(FOLDER.length());
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
          folders.add(path.substring(0, at));
        }
        try {
          Bytes text = Bytes.of(templates.render(name, model), StandardCharsets.UTF_8);
          files.add(Cpio.Entry.file(path, FILE_MODE, text));
        } catch (TemplateException e) {
          throw new IOException(e.getMessage(), e);
        }
      }
    }
    var out = new ArrayList<Cpio.Entry>();
    folders.forEach(path -> out.add(Cpio.Entry.folder(path)));
    out.addAll(files);
    return out;
  }
}
