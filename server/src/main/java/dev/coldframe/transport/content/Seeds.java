package dev.coldframe.transport.content;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import java.io.IOException;
import java.util.Optional;

/// Renders the seed files of first boot.
public interface Seeds {
  /// What a seed may say of the running journey.
  ///
  /// @param instanceId node name and install counter
  /// @param seedUrl base URL of the seed files, with the token
  /// @param reportUrl where the node reports, with the token
  /// @param healthUrl where it reports once it is ready, with a key of its own; empty: nowhere
  record Context(String instanceId, String seedUrl, String reportUrl, String healthUrl) {
    /// Without a place for later reports.
    public Context(String instanceId, String seedUrl, String reportUrl) {
      this(instanceId, seedUrl, reportUrl, "");
    }
  }

  /// Renders one seed file. Blocks; call it on a virtual thread.
  ///
  /// @param name one of [dev.coldframe.decide.HttpBootDecisions#SEEDS]
  /// @return empty when there is no such template, or when it says nothing for this node
  /// @throws IOException when the template cannot be read or rendered
  Optional<Bytes> render(Node node, String name, Context context) throws IOException;
}
