package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.store.HostKey;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// What templates put on a node's disk, and what makes it the same machine as before: its SSH host
/// keys and machine-id, which go into the root alone (architecture, section 6; row L-08). A copy
/// lies where no image's first boot replaces it.
public final class NodeFiles implements InstallFiles {
  private static final String HOME = "var/lib/coldframe";
  private static final String COPY = HOME + "/identity";
  private static final String SSH = "etc/ssh/";
  private static final String MACHINE_ID = "machine-id";

  private final DiskSetup templates;
  private final NodeSecrets secrets;

  /// @param templates renders the site's files
  /// @param secrets remembers who each node is
  public NodeFiles(DiskSetup templates, NodeSecrets secrets) {
    this.templates = templates;
    this.secrets = secrets;
  }

  @Override
  public SequencedMap<String, Bytes> bootPartition(Node node, OsImage image, Seeds.Context context)
      throws IOException {
    return templates.bootPartition(node, image, context);
  }

  @Override
  public List<RootFile> root(Node node, OsImage image, Seeds.Context context) throws IOException {
    var out = new ArrayList<RootFile>();
    out.add(new RootFile(HOME, 0700, new RootFile.Kind.Folder()));
    out.add(new RootFile(COPY, 0700, new RootFile.Kind.Folder()));
    out.addAll(identity(secrets.secrets(node.name())));
    out.addAll(templates.root(node, image, context));
    return out;
  }

  private static List<RootFile> identity(Secrets who) {
    var out = new ArrayList<RootFile>();
    for (HostKey key : who.hostKeys()) {
      String name = key.type().fileName();
      for (String folder : List.of(SSH, COPY + "/")) {
        out.add(file(folder + name, 0600, key.privateKey()));
        out.add(file(folder + name + ".pub", 0644, key.publicLine()));
      }
    }
    out.add(file("etc/" + MACHINE_ID, 0444, who.machineId() + "\n"));
    out.add(file(COPY + "/" + MACHINE_ID, 0444, who.machineId() + "\n"));
    return out;
  }

  private static RootFile file(String path, int mode, String text) {
    return new RootFile(
        path, mode, new RootFile.Kind.Content(Bytes.of(text, StandardCharsets.US_ASCII)));
  }
}
