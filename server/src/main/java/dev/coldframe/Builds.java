package dev.coldframe;

import dev.coldframe.boot.lint.ServedTree;
import dev.coldframe.disk.KernelBuild;
import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads out of kernels and initramfs which builds they are for. They are large and packed, so each
/// is read once, known again by its tag. Any thread; blocks.
final class Builds {
  /// More than any site has at a time; when they are exceeded, all are read anew.
  private static final int MAX_KNOWN = 256;

  private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

  /// What one of them says.
  @FunctionalInterface
  private interface Reading {
    Set<String> of(InputStream bytes) throws IOException;
  }

  /// Of the kernel and the initramfs that a tree's board loads, by path. What cannot be read says
  /// nothing.
  Map<String, Set<String>> of(ServedTree tree, Preview preview) throws IOException {
    var out = new HashMap<String, Set<String>>();
    if (tree.initramfs().isEmpty()) {
      return out;
    }
    String node = tree.nodes().getFirst();
    for (String path : tree.initramfs()) {
      out.put(path, read(node, path, preview, KernelBuild::ofInitramfs));
    }
    Optional<String> kernel = tree.kernel();
    if (kernel.isPresent()) {
      Reading reading = bytes -> Set.copyOf(KernelBuild.ofKernel(bytes).stream().toList());
      out.put(kernel.get(), read(node, kernel.get(), preview, reading));
    }
    return out;
  }

  private Set<String> read(String node, String path, Preview preview, Reading reading)
      throws IOException {
    Optional<Content> found = preview.open(node, path);
    if (found.isEmpty()) {
      return Set.of();
    }
    try (Content content = found.get()) {
      Set<String> before = known.get(content.etag());
      if (before != null) {
        return before;
      }
      Set<String> now = quietly(content, reading);
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.put(content.etag(), now);
      return now;
    }
  }

  /// A stand-in or a format that no library here unpacks is no finding.
  private static Set<String> quietly(Content content, Reading reading) {
    try (InputStream bytes = content.stream()) {
      return Set.copyOf(reading.of(bytes));
    } catch (IOException _) {
      return Set.of();
    }
  }
}
